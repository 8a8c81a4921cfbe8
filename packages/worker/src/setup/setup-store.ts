import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lightJson } from '@ralph/protocol/contract/light-json';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import * as z from 'zod';
import { isSafeTaskId } from '@ralph/protocol/contract/task-id';
import { makeRoot } from '../site/usable-root.ts';
import { kindAt } from '../site/workspace-path.ts';
import { runTool } from '../site/run-tool.ts';
import type { Site } from '../site/site.ts';
import { removeFolder } from '../workspace/remove-folder.ts';
import { copyPaths } from './copy-files.ts';
import { fingerprint } from './fingerprint.ts';
import type { ShareMethod } from './setup-plan.ts';
import type { SetupRecord } from './setup-record.ts';

const FOLDER = '.ralph-setup';
const MOST_KEYS = 3;

const storedNote = z.looseObject({
  task_id: z.string().refine(isSafeTaskId),
  repo_root: z.string(),
  paths: z.array(z.string()),
  excluded: z.array(z.string()),
  /** Of the files as they were stored; another one means that somebody has changed them in place. */
  fingerprint: z.string(),
});

/** The result of a set-up that is kept for other workspaces, or one that is being made or removed. */
export interface StoredSetup {
  readonly taskId: string;
  readonly path: string;
  readonly isWhole: boolean;
}

/** Returns the folder that holds what set-ups have made under this root; it is made where it is missing. */
export function storeFolder(site: Site): string {
  const folder = join(site.root, FOLDER);
  makeRoot(folder);
  return folder;
}

interface Place {
  readonly workspace: string;
  readonly method: ShareMethod;
  readonly signal: AbortSignal;
}

/**
 * Gives a workspace what was stored under a key. A result that somebody has changed is thrown away.
 *
 * @returns what is there now; nothing when there is no such result, or it could not be given
 */
export async function giveStored(site: Site, key: string, place: Place): Promise<SetupRecord | undefined> {
  const { workspace, method, signal } = place;
  const entry = join(storeFolder(site), key);
  const note = readNote(entry);
  if (note === undefined || note.repo_root !== site.repo.root) return undefined;
  const result = join(entry, 'result');
  if ((await fingerprint(result, signal)) !== note.fingerprint) {
    if (!signal.aborted) await removeStored({ taskId: note.task_id, path: entry, isWhole: true });
    return undefined;
  }
  const before = inodeOf(entry);
  const isGiven = await copyPaths(note.paths, { from: result, to: workspace, method, signal });
  // What is removed leaves its place before its files go: one that is still there was whole all the while.
  if (!isGiven || before === undefined || inodeOf(entry) !== before) {
    await removePaths(workspace, note.paths);
    return undefined;
  }
  if (note.excluded.length > 0) appendFileSync(join(workspace, '.git/info/exclude'), `${note.excluded.join('\n')}\n`);
  touch(entry);
  return { key, paths: note.paths, excluded: note.excluded, linked: method === 'link' };
}

/** Removes what a set-up has made in a workspace, or was given in its place. */
export async function removePaths(workspace: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) await removeFolder(join(workspace, path.replace(/\/$/, '')));
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

/** By its time it is known how long nobody has used it. */
function touch(entry: string): void {
  const now = new Date();
  try {
    utimesSync(entry, now, now);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/**
 * Stores what a set-up has made in a workspace, whole or not at all, and drops what was used least of late. With hard
 * links the files lose their write bits here and in the workspace, so that nobody writes in what others have, too.
 */
export async function storeSetup(site: Site, taskId: string, record: SetupRecord, place: Place): Promise<void> {
  const { workspace, method, signal } = place;
  const folder = storeFolder(site);
  const aside = join(folder, `.new.${taskId}.${randomBytes(4).toString('hex')}`);
  const result = join(aside, 'result');
  try {
    mkdirSync(result, { recursive: true });
    // Package managers link files to a store of theirs: those are not ours to change the rights of.
    const own = method === 'link' && (await hasLinks(workspace, record.paths, signal)) ? 'copy' : method;
    if (!(await copyPaths(record.paths, { from: workspace, to: result, method: own, signal }))) return;
    if (method === 'link' && !(await takeWriteBits(result, signal))) return;
    const print = await fingerprint(result, signal);
    if (print === undefined) return;
    const { paths, excluded } = record;
    const note: z.infer<typeof storedNote> = {
      task_id: taskId,
      repo_root: site.repo.root,
      paths,
      excluded,
      fingerprint: print,
    };
    writeFileSync(join(aside, 'note.json'), `${JSON.stringify(note)}\n`);
    renameSync(aside, join(folder, record.key));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Another process was faster.
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  } finally {
    await removeFolder(aside);
  }
  const whole = storedSetups(site).filter(({ isWhole }) => isWhole);
  const byAge = whole.toSorted((one, other) => timeOf(other.path) - timeOf(one.path));
  for (const stored of byAge.slice(MOST_KEYS)) await removeStored(stored);
}

/** Tells whether a file has a second name somewhere, or that cannot be told. */
async function hasLinks(workspace: string, paths: readonly string[], signal: AbortSignal): Promise<boolean> {
  if (paths.length === 0) return false;
  const names = paths.map((path) => `./${path.replace(/\/$/, '')}`);
  const args = [...names, '-type', 'f', '-links', '+1', '-print', '-quit'];
  const { isWell, stdout } = await runTool('find', args, { cwd: workspace, signal });
  return !isWell || stdout !== '';
}

function timeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

async function takeWriteBits(folder: string, signal: AbortSignal): Promise<boolean> {
  const args = ['.', '-type', 'f', '-exec', 'chmod', 'a-w', '{}', '+'];
  return (await runTool('find', args, { cwd: folder, signal })).isWell;
}

/** Returns what is stored for this repository under the root, whole or not. */
export function storedSetups(site: Site): StoredSetup[] {
  const folder = join(site.root, FOLDER);
  if (kindAt(folder) !== 'folder') return [];
  return readdirSync(folder).flatMap((name): StoredSetup[] => {
    const path = join(folder, name);
    const note = readNote(path);
    const half = /^\.(?:new|old)\.(.+)\.[0-9a-f]{8}$/.exec(name)?.[1];
    if (half !== undefined && isSafeTaskId(half)) return [{ taskId: half, path, isWhole: false }];
    if (note === undefined || note.repo_root !== site.repo.root) return [];
    return [{ taskId: note.task_id, path, isWhole: true }];
  });
}

/** Removes what is stored, out of its place first, so that nobody takes half of it. */
export async function removeStored({ taskId, path }: StoredSetup): Promise<void> {
  const old = join(path, '..', `.old.${taskId}.${randomBytes(4).toString('hex')}`);
  try {
    renameSync(path, old);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await removeFolder(old);
}

function readNote(entry: string): z.infer<typeof storedNote> | undefined {
  try {
    return storedNote.safeParse(lightJson(readTextIfPresent(join(entry, 'note.json')) ?? 'null')).data;
  } catch {
    return undefined;
  }
}
