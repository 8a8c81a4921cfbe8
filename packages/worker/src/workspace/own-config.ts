import { lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isFailure } from '@ralph/protocol/contract/failure';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { dropFile } from '@ralph/protocol/process/drop-file';
import { tryGit } from '@ralph/protocol/process/git';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { isSafeTaskId } from '@ralph/protocol/contract/task-id';
import { namesIn } from '@ralph/protocol/process/names-in';
import { nextFilePath, sweepLeftIn, sweepNextFiles } from '@ralph/protocol/process/next-file';
import { readOrigin } from '../site/origin.ts';
import type { Site } from '../site/site.ts';
import { readConfigList, type ConfigEntry } from './config-list.ts';
import { plainConfig } from './own-git-folder.ts';
import { configText } from './repository-config.ts';
import { workspaceEntries } from './workspace-config.ts';

/** A workspace whose settings are to be what they were. */
export interface Settled {
  readonly taskId: string;
  readonly path: string;
  readonly branch: string;
}

/** Out of the workspace, where a sandbox keeps an agent from it. */
function keptPath(root: string, taskId: string): string {
  return join(root, RALPH_PATHS.workspaceConfigs, `${taskId}.config`);
}

/**
 * Keeps the settings of a new workspace, before an agent can change them; a URL in them may hold a password. To be
 * called by the holder of the task's claim: halves that killed processes have left for this task go.
 */
export function keepConfig(root: string, taskId: string, workspace: string): void {
  const kept = keptPath(root, taskId);
  mkdirSync(dirname(kept), { recursive: true });
  sweepNextFiles(kept);
  const next = nextFilePath(kept);
  writeFileSync(next, readTextIfPresent(join(workspace, '.git/config')) ?? '', { mode: 0o600 });
  renameSync(next, kept);
}

/** Forgets the settings of a workspace that is gone, and halves of them. To be called by the holder of the task's claim. */
export function dropConfig(root: string, taskId: string): void {
  sweepNextFiles(keptPath(root, taskId));
  dropFile(keptPath(root, taskId));
}

/** Removes what processes that are gone have left of settings half written. Never throws; what cannot be removed stays. */
export function sweepHalfConfigs(root: string): void {
  sweepLeftIn(join(root, RALPH_PATHS.workspaceConfigs));
}

/** Returns the tasks whose settings are kept, with the files that hold them, in order of their names. */
export function keptConfigs(root: string): { readonly taskId: string; readonly path: string }[] {
  const folder = join(root, RALPH_PATHS.workspaceConfigs);
  return namesIn(folder)
    .toSorted()
    .flatMap((name) => {
      const taskId = name.endsWith('.config') ? name.slice(0, -'.config'.length) : '';
      return isSafeTaskId(taskId) ? [{ taskId, path: join(folder, name) }] : [];
    });
}

/**
 * Puts the settings of a workspace back that it was made with, so that nothing an agent has set there is run by a git of
 * ours: filters, signing programs, editors, helpers. What says how its repository is stored stays, and git-lfs. Where
 * they were not kept, they are made as for a new workspace. To be called when the agent has ended and its git folder is
 * a plain one.
 */
export async function restoreConfig(repo: Site['repo'], { taskId, path, branch }: Settled): Promise<void> {
  const [own, next] = [join(path, '.git/config'), join(path, '.git/ralph/config.next')];
  const kept = readTextIfPresent(keptPath(repo.root, taskId)) ?? (await madeAnew(repo, branch));
  const isPlain = lstatSync(own, { throwIfNoEntry: false })?.isFile() === true;
  if (isPlain && readTextIfPresent(own) === kept) return;
  const stays = isPlain ? (await entriesOf(own, repo.root)).filter(staysAsItIs) : [];
  mkdirSync(dirname(next), { recursive: true });
  rmSync(next, { recursive: true, force: true });
  writeFileSync(next, `${kept}${configText(stays)}`, { flag: 'wx' });
  if (!isPlain) rmSync(own, { recursive: true, force: true });
  renameSync(next, own);
}

async function madeAnew(repo: Site['repo'], branch: string): Promise<string> {
  try {
    return configText(workspaceEntries(await readOrigin(repo), branch));
  } catch (error) {
    if (!isFailure(error) || error.code !== 'no_origin') throw error;
    return plainConfig(repo.root);
  }
}

async function entriesOf(config: string, cwd: string): Promise<ConfigEntry[]> {
  const { exitCode, stdout } = await tryGit(['config', '--file', config, '--no-includes', '--list', '-z'], { cwd });
  return exitCode === 0 ? readConfigList(stdout) : [];
}

function staysAsItIs({ key, value }: ConfigEntry): boolean {
  if (/^filter\.lfs\.(?:clean|smudge|process)$/.test(key)) return /^git-lfs [\w% -]+$/.test(value);
  // By a remote that it names, git fetches what is missing.
  if (key === 'extensions.partialclone') return value === 'origin';
  return /^extensions\.|^core\.repositoryformatversion$/.test(key) && key !== 'extensions.worktreeconfig';
}
