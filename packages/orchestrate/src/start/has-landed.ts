import { landedRef } from '@ralph/protocol/contract/paths';
import { isSafeTaskId } from '@ralph/protocol/contract/task-id';
import { tryGit } from '@ralph/protocol/process/git';

/** What is known of an attempt, as far as it is. */
export interface KnownAttempt {
  readonly attempt: number | undefined;
  /** The commit that it began from. */
  readonly base: string | null | undefined;
  readonly branch: string | null | undefined;
}

/**
 * Tells whether an attempt has landed as far as this repository knows, without asking the remote. A landing moves its
 * task out of a queue that git carries; when all that took part is killed right after the push, it is recorded nowhere
 * but in a ref, or only in the target branch: there, since the attempt began, is the commit that moved its task.
 */
export async function hasLanded(repo: string, id: string, { attempt, base, branch }: KnownAttempt): Promise<boolean> {
  if (attempt === undefined || !isSafeTaskId(id)) return false;
  const ask = (...args: string[]) => tryGit(args, { cwd: repo });
  const kept = await ask('rev-parse', '--quiet', '--verify', `${landedRef(id, attempt)}^{commit}`);
  if (kept.exitCode === 0) return true;
  if (typeof base !== 'string' || typeof branch !== 'string') return false;
  const trailer = `^Ralph-Task: ${id.replaceAll('.', '\\.')}$`;
  const moved = await ask('log', '-1', '--format=%H', `--grep=${trailer}`, `^${base}`, `--remotes=*/${branch}`);
  return moved.exitCode === 0 && moved.stdout !== '';
}
