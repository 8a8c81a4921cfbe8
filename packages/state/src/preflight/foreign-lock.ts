import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import type { QueueLock } from '../status/facts.ts';
import { lockSteps } from '../status/lock-steps.ts';

/** A lock that nobody holds any more. */
export interface StaleLock {
  readonly message: string;
  readonly hint: string;
}

/**
 * Decides what the lock of ralph-agent-loop means for a run of ours: one that is held, or may be held, keeps us out; one
 * whose owner is gone is only told, since nothing but ralph-agent-loop takes it. Pure.
 *
 * @returns the words for a stale lock; nothing where there is no lock
 * @throws Failure `lock_held` showing the holder and what to type
 */
export function judgeForeignLock(lock: QueueLock | undefined): StaleLock | undefined {
  if (lock === undefined) return undefined;
  const { path, condition, pid = 0 } = lock;
  const [first] = lockSteps(lock, 'ralph-orchestrate doctor');
  const look = first?.command ?? '';
  switch (condition) {
    case 'stale':
      return {
        message: `ralph-agent-loop left its lock at ${path}: process ${pid}, which held it, is gone`,
        hint: look,
      };
    case 'live':
      throw held(`Queue lock already held at: ${path} by ralph-agent-loop (${holderWords(lock)})`, lock, {
        hint: `${look}  # wait until it has ended, or stop it`,
      });
    case 'missing':
    case 'unreadable': {
      const what = condition === 'missing' ? 'is not told' : 'cannot be read';
      const remove = commandLine(['rm', '-r', path]);
      throw held(`Queue lock already held at: ${path} by ralph-agent-loop; who holds it ${what}`, lock, {
        hint: `${look}  # when no process of ralph-agent-loop is at work here: ${remove}`,
      });
    }
  }
}

function held(message: string, lock: QueueLock, { hint }: { readonly hint: string }): Failure {
  return new Failure('lock_held', message, { hint, details: { ...lock } });
}

function holderWords({ pid, startedAt, label, command }: QueueLock): string {
  const since = startedAt === undefined ? '' : ` since ${startedAt}`;
  const what = [label, command].filter((part) => part !== undefined && part !== '').join(': ');
  return `pid ${pid ?? 0}${since}${what === '' ? '' : `, ${what}`}`;
}
