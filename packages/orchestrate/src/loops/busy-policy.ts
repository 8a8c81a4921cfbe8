import type { OptionValues } from '@ralph/protocol/cli/options';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import type { BUSY_OPTIONS } from './busy-options.ts';

/** A loop that is just ending is no reason for a worktree. */
const GRACE_SECONDS = 2;

export interface BusyPolicy {
  /** How long another run is waited for, in seconds: Infinity without limit, nothing not to wait. */
  readonly wait: number | undefined;
  /** Whether a second loop is made when the lock is still held then. */
  readonly worktree: boolean;
}

/**
 * Reads what is to be done when another run holds the repository.
 *
 * @throws Failure `usage` for options that contradict each other
 */
export function busyPolicy(
  program: string,
  args: OptionValues<typeof BUSY_OPTIONS> & { readonly 'target-branch': string | undefined },
): BusyPolicy {
  const chosen = args['on-busy'];
  if (args.exclusive && chosen !== undefined && chosen !== 'wait')
    throw usageFailure(program, `--exclusive and --on-busy ${chosen} exclude each other`);
  if (chosen === 'worktree') {
    if (args['target-branch'] !== undefined)
      throw usageFailure(program, '--on-busy worktree lands on a branch of its own: leave --target-branch out');
    return { wait: args.wait ?? GRACE_SECONDS, worktree: true };
  }
  const waits = args.exclusive || chosen === 'wait';
  return { wait: args.wait ?? (waits ? Number.POSITIVE_INFINITY : undefined), worktree: false };
}
