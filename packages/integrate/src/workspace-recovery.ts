import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import { tryGit } from '@ralph/protocol/process/git';
import { gitLockFiles } from '@ralph/protocol/process/git-lock-files';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import type { Workspace } from './workspace.ts';

const WAIT_MS = 10_000;
const POLL_MS = 100;

const REBASE_STATES = ['rebase-merge', 'rebase-apply'];

/**
 * Removes the lock files that a killed git has left in a workspace. A git of a killed integration may still be at work
 * there; it is waited for.
 *
 * @throws Failure `claim_held` when it still is after 10 s
 */
export async function removeStaleLocks(workspace: Workspace, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  for (let pid = gitAtWorkIn(workspace.path); pid !== undefined && !signal.aborted; pid = gitAtWorkIn(workspace.path)) {
    if (Date.now() > deadline) {
      throw new Failure('claim_held', `a git process (pid ${pid}) is at work in ${workspace.path}`, {
        hint: `wait for it or end it: ps -fp ${pid}`,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  for (const path of gitLockFiles(workspace.gitDir)) rmSync(path, { force: true });
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

/** Linux only; elsewhere a lock file of a dead git cannot be told from that of a living one by its process. */
function gitAtWorkIn(folder: string): number | undefined {
  if (process.platform !== 'linux') return undefined;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => isGitIn(pid, folder));
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
