import { lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bytesOfFile } from '@ralph/protocol/process/read-open-file';
import { dropPipes } from '@ralph/protocol/process/drop-pipes';
import { makePlain } from '@ralph/protocol/process/plain-git-folder';
import type { Workspace } from './workspace.ts';

/** What git obeys in a workspace, by its place in the git folder. */
const FILES = ['config', 'info/attributes', 'objects/info/alternates'] as const;

/** The content of each; nothing where there is no such file. */
export type KeptSettings = ReadonlyMap<(typeof FILES)[number], Buffer | undefined>;

interface Settling {
  readonly workspace: Workspace;
}

/** Returns the settings of a workspace as they are before a resolver or a gate is run. */
export function keepSettings({ workspace }: Settling): KeptSettings {
  return new Map(FILES.map((name) => [name, contentOf(join(workspace.gitDir, name))]));
}

/**
 * Puts them back, before a git of ours runs what a resolver or a gate has set there: filters, merge drivers, signing programs. A
 * git folder that is none any more is left alone. Links and pipes in it go, so that nothing is written through one, and pipes
 * where git reads in the workspace.
 */
export async function putSettingsBack({ workspace }: Settling, settings: KeptSettings): Promise<void> {
  const { gitDir, path: worktree } = workspace;
  if (!isFolder(gitDir)) return;
  await dropPipes(worktree);
  makePlain(gitDir);
  for (const [name, content] of settings) {
    const path = join(gitDir, name);
    // Behind a link are files of others.
    if (!isFolder(dirname(path))) rmSync(dirname(path), { force: true });
    const present = contentOf(path);
    if (content === undefined ? present === undefined : present?.equals(content) === true) continue;
    rmSync(path, { recursive: true, force: true });
    if (content === undefined) continue;
    const next = join(gitDir, 'ralph-settings.next');
    rmSync(next, { recursive: true, force: true });
    writeFileSync(next, content);
    mkdirSync(dirname(path), { recursive: true });
    renameSync(next, path);
  }
}

/** Tells whether a workspace still has a git folder of its own, and no link or part of another in its place. */
export function hasOwnGitFolder({ gitDir }: Workspace): boolean {
  return isFolder(gitDir) && lstatSync(join(gitDir, 'commondir'), { throwIfNoEntry: false }) === undefined;
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function contentOf(path: string): Buffer | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true ? bytesOfFile(path) : undefined;
}
