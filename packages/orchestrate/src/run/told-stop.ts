import type { Policy, StopReason } from './view.ts';

/** Says to a person why a run starts nothing more. */
export function stopWords(reason: StopReason, { stopAfterFailures, maxTasks }: Policy): string {
  switch (reason) {
    case 'asked':
      return 'it was asked to stop; what runs is finished';
    case 'failures':
      return `${stopAfterFailures} tasks in a row have failed (--stop-after-failures)`;
    case 'limit':
      return 'an agent was turned away by a limit of its provider; what runs is finished';
    case 'budget':
      return 'its budget is spent; what runs is finished';
    case 'max_tasks':
      return `${maxTasks} tasks were started (--max-tasks)`;
    case 'signal':
      return 'it was told to end; its agents are ended and their work is kept';
    case 'lost':
      return 'it cannot go on; its agents are ended and their work is kept';
  }
}
