import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import { gitLockFiles } from '@ralph/protocol/process/git-lock-files';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import type { Workspace } from './workspace.ts';
import { GIT_MARK, tryGit } from './workspace-git.ts';

const WAIT_MS = 10_000;
const POLL_MS = 100;

const REBASE_STATES = ['rebase-merge', 'rebase-apply'];

/**
 * Removes the lock files that a killed git has left in a workspace. A git of a killed process may still be at work
 * there; it is waited for. That of a person is not, and what it may have locked is left to it.
 *
 * @throws Failure `claim_held` when one that was left is at work after 10 s
 */
export async function removeStaleLocks(workspace: Workspace, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + WAIT_MS;
  let gits: number[] = [];
  const leftAtWork = () => {
    gits = gitsIn(workspace.path);
    return gits.find((pid) => isLeftOver(pid));
  };
  for (let pid = leftAtWork(); pid !== undefined && !signal.aborted; pid = leftAtWork()) {
    if (performance.now() > deadline) {
      throw new Failure('claim_held', `a git process (pid ${pid}) is at work in ${workspace.path}`, {
        hint: `ps -fp ${pid}  # wait for it or end it`,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  if (gits.length > 0) return;
  for (const path of gitLockFiles(workspace.gitDir)) rmSync(path, { force: true });
}

/** Tells whether a git that was killed has left lock files, or one that is at work has some. */
export function hasLocks({ gitDir }: Workspace): boolean {
  return gitLockFiles(gitDir).length > 0;
}

/** Tells whether a rebase was begun and not finished. */
export function isRebasing({ gitDir }: Workspace): boolean {
  return REBASE_STATES.some((name) => existsSync(join(gitDir, name)));
}

/**
 * Takes back a rebase of ours, in whatever state it is, and returns the branch it was begun on. It is never continued:
 * one that was cut off may then end well with a commit missing.
 */
export async function undoRebase({ path, gitDir }: Workspace): Promise<string | undefined> {
  const begun = REBASE_STATES.map((name) => readTextIfPresent(join(gitDir, name, 'head-name'))?.trim()).find(
    (name) => name !== undefined,
  );
  await tryGit(['rebase', '--abort'], { cwd: path });
  // What is left now cannot be taken back by git; the caller puts HEAD where it belongs.
  for (const name of REBASE_STATES) rmSync(join(gitDir, name), { recursive: true, force: true });
  return begun?.startsWith('refs/heads/') === true ? begun : undefined;
}

/**
 * Returns the gits that are at work in a folder. Linux only; elsewhere a lock file of a dead git cannot be told from that of
 * a living one by its process.
 */
export function gitsIn(folder: string): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isGitIn(pid, folder));
}

function isGitIn(pid: number, folder: string): boolean {
  try {
    if (!readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('git')) return false;
    return `${readlinkSync(`/proc/${pid}/cwd`)}${sep}`.startsWith(`${folder}${sep}`);
  } catch {
    // Gone in the meantime, or of another user.
    return false;
  }
}

/** One of ours by its mark, since the task is claimed by us; or one whose parent has died. */
function isLeftOver(pid: number): boolean {
  try {
    if (/^PPid:\s+1$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return true;
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(GIT_MARK);
  } catch {
    return false;
  }
}
