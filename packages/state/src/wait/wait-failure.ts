import { Failure } from '@ralph/protocol/contract/failure';
import type { Sight, Verdict } from './verdict.ts';

/** One task that is waited for, and where it stands. */
export interface Waited {
  readonly id: string;
  readonly sight: Sight;
  readonly verdict: Verdict;
}

/** An id that nobody knows makes the question wrong; after that, what has failed counts more than what is blocked. */
const RANKS: readonly Verdict[] = ['unknown', 'failed', 'lost', 'rejected', 'blocked'];

/** Returns the failure for what can never come true, or nothing where all may come true yet. Pure. */
export function hopeless(waited: readonly Waited[], statePath: string): Failure | undefined {
  const [worst] = waited
    .filter(({ verdict }) => RANKS.includes(verdict))
    .toSorted((a, b) => RANKS.indexOf(a.verdict) - RANKS.indexOf(b.verdict));
  return worst === undefined ? undefined : failureOf(worst, statePath);
}

function failureOf({ id, sight, verdict }: Waited, statePath: string): Failure | undefined {
  const [reason = ''] = (sight.record?.last_error ?? '').split('\n');
  const why = reason === '' ? '' : `: ${reason}`;
  const attempt = sight.record?.attempt;
  const parts = { taskId: id, ...(attempt === undefined ? {} : { attempt }) };
  const again = `see ralph-state get ${id}; to have it done again: ralph-state retry ${id}`;
  switch (verdict) {
    case 'waiting':
    case 'reached':
      return undefined;
    case 'failed':
      return new Failure('task_failed', `${id} has failed${why}`, {
        ...parts,
        hint: `${again}; what its agent wrote: ralph-worker logs ${id}`,
      });
    case 'lost':
      return new Failure('task_failed', `${id} is ${sight.record?.lifecycle}, but its process is gone`, {
        ...parts,
        hint: `see ralph-state get ${id}; the next run takes it up`,
      });
    case 'rejected':
      return new Failure('task_failed', `${id} is rejected: it will not land`, {
        ...parts,
        hint: 'see ralph-state task list',
      });
    case 'blocked':
      return new Failure('task_blocked', `${id} is blocked${why}`, { ...parts, hint: again });
    case 'unknown':
      return new Failure('record_not_found', `no record of ${id} in ${statePath}, and no such task`, {
        ...parts,
        hint: 'see the ids with ralph-state list and ralph-state task list',
      });
  }
}

const MOST_NAMED = 5;

/** Returns the failure for a wait whose time is up. */
export function timeIsUp(waiting: readonly Waited[], seconds: number): Failure {
  const named = waiting.slice(0, MOST_NAMED).map(({ id, sight }) => `${id} ${standing(sight)}`);
  if (waiting.length > MOST_NAMED) named.push(`${waiting.length - MOST_NAMED} more`);
  const after = seconds === 0 ? 'not yet' : `not within ${seconds} s`;
  return new Failure('wait_timeout', `${after}: ${named.join(', ')}`, {
    hint: 'see how far it is with ralph-state list, or wait again with a longer --timeout',
    details: { waiting: waiting.map(({ id }) => id) },
  });
}

function standing({ record }: Sight): string {
  if (record === undefined) return 'is in the queue';
  return record.retry_requested_at === undefined ? `is ${record.lifecycle}` : 'is to be tried again';
}
