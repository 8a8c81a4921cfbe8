import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOfFile } from '@ralph/protocol/process/read-open-file';
import { tryGit } from '@ralph/protocol/process/git';
import type { Site } from '../site/site.ts';
import { kindAt } from '../site/workspace-path.ts';
import { alternatesText } from '@ralph/protocol/process/borrowed-objects';
import { tryWorkspaceGit } from './workspace-git.ts';

/**
 * Tells whether a workspace still has the git folder that it was made with. One that was made a link, a file that names
 * another or a part of another may be the user's: nothing may be done there.
 */
export function hasOwnGitFolder(workspace: string): boolean {
  const folder = join(workspace, '.git');
  return kindAt(folder) === 'folder' && kindAt(join(folder, 'commondir')) === 'absent';
}

/** Tells whether git can read a workspace. */
export async function isReadable(workspace: string): Promise<boolean> {
  if (!hasOwnGitFolder(workspace) || !existsSync(join(workspace, '.git/HEAD'))) return false;
  const { exitCode } = await tryWorkspaceGit(workspace, ['for-each-ref', '--count=1']);
  return exitCode === 0 && (await hasReadableIndex(workspace));
}

async function hasReadableIndex(workspace: string): Promise<boolean> {
  const { exitCode } = await tryWorkspaceGit(workspace, ['ls-files', '--unmerged', '-z']);
  return exitCode === 0;
}

/**
 * Puts back what git needs to read the commits of a workspace whose settings, HEAD, index or way to the user's objects
 * were broken. To be called only before the workspace is removed; whether it helped is to be asked again.
 */
export async function mendGitFolder({ repo }: Site, workspace: string, branch: string): Promise<void> {
  if (!hasOwnGitFolder(workspace)) return;
  const folder = join(workspace, '.git');
  mkdirSync(join(folder, 'objects/info'), { recursive: true });
  mkdirSync(join(folder, 'refs'), { recursive: true });
  writeFileSync(join(folder, 'objects/info/alternates'), alternatesText(join(repo.gitDir, 'objects')));
  const head = join(folder, 'HEAD');
  if (!existsSync(head) || !/^(?:ref: refs\/|[0-9a-f]{40})/.test(bytesOfFile(head).toString('latin1'))) {
    writeFileSync(head, `ref: refs/heads/${branch}\n`);
  }
  const config = join(folder, 'config');
  const read = await tryGit(['config', '--file', config, '--list'], { cwd: repo.root });
  if (read.exitCode !== 0) writeFileSync(config, await plainConfig(repo.root));
  if (!(await hasReadableIndex(workspace))) rmSync(join(folder, 'index'), { force: true, recursive: true });
}

/** Returns settings that let git read a repository of the user's format, and no others. */
export async function plainConfig(repoRoot: string): Promise<string> {
  const { stdout } = await tryGit(['rev-parse', '--show-object-format'], { cwd: repoRoot });
  return stdout.trim() === 'sha256'
    ? '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n'
    : '[core]\n\trepositoryformatversion = 0\n';
}
