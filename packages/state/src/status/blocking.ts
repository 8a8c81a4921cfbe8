import type { BlockingState } from '@ralph/protocol/contract/status-document';
import type { QueueLock } from './facts.ts';
import type { Groups } from './groups.ts';
import type { Situation } from './situation.ts';

/**
 * Returns what keeps the work from going on (reference: BlockingState); nothing when it goes on or there is none.
 *
 * @param suggested the first command that helps
 */
export function blockingOf(
  situation: Situation,
  groups: Groups,
  words: { readonly detail: string; readonly suggested: string; readonly at: string },
): BlockingState | undefined {
  const { detail, suggested, at } = words;
  const state = (
    status: BlockingState['status'],
    reason: BlockingState['reason'],
    message: string,
    taskIds: readonly string[] = [],
  ): BlockingState => {
    const [only] = taskIds;
    const about = taskIds.length === 1 && only !== undefined ? { task_id: only } : {};
    return { status, reason, ...about, message, detail, observed_at: at };
  };
  const about = (reason: string) => ({ scope: 'parallel', reason, suggested_command: suggested });
  switch (situation.kind) {
    case 'queue_lock':
      return state(
        'stalled',
        { kind: 'lock_blocked', ...lockFields(situation.lock) },
        LOCK_MESSAGES[situation.lock.condition],
      );
    case 'workers_lost': {
      const reason = { kind: 'runner_recovery', ...about('worker_lost') } as const;
      return state('stalled', reason, 'Parallel execution is stalled on lost workers.', idsOf(groups.lost));
    }
    case 'work_waiting': {
      const reason = { kind: 'runner_recovery', ...about('integration_missing') } as const;
      return state(
        'stalled',
        reason,
        'Parallel execution is stalled on work that nobody integrates.',
        idsOf(groups.waiting),
      );
    }
    case 'blocked': {
      const reason = { kind: 'operator_recovery', ...about('blocked_push') } as const;
      return state('blocked', reason, 'Parallel execution is blocked on worker integration.', idsOf(groups.blocked));
    }
    case 'failed': {
      const reason = { kind: 'operator_recovery', ...about('worker_failed') } as const;
      return state('stalled', reason, 'Parallel execution is stalled on worker failure.', idsOf(groups.failed));
    }
    case 'in_review': {
      const reason = { kind: 'operator_recovery', ...about('published') } as const;
      return state('waiting', reason, 'Parallel execution waits for reviews.', idsOf(groups.published));
    }
    case 'not_started':
    case 'in_progress':
    case 'drift':
    case 'idle':
      return undefined;
  }
}

const LOCK_MESSAGES: Readonly<Record<QueueLock['condition'], string>> = {
  live: 'Another process holds the queue lock.',
  stale: 'A process that is gone has left the queue lock behind.',
  missing: 'The queue lock has no owner file.',
  unreadable: 'The owner file of the queue lock cannot be read.',
};

function lockFields({ path, pid, label }: QueueLock): Partial<BlockingState['reason']> {
  return {
    lock_path: path,
    ...(label === undefined ? {} : { owner: label }),
    ...(pid === undefined ? {} : { owner_pid: pid }),
  };
}

function idsOf(group: Groups['lost']): string[] {
  return group.map(({ record }) => record.task_id);
}
