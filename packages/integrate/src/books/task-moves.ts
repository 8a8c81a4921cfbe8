import { firstIssue } from '@ralph/protocol/contract/first-issue';
import { ORDERS } from '@ralph/protocol/contract/events';
import { Failure } from '@ralph/protocol/contract/failure';
import type { FollowupProposal } from '@ralph/protocol/contract/followups';
import { callSibling } from '@ralph/protocol/process/sibling';
import { Stopped } from '../site/stopped.ts';

/** A task that is to be moved, and what is proposed to follow it. */
export interface TaskMove {
  readonly taskId: string;
  readonly attempt: number;
  readonly followUps: FollowupProposal | undefined;
}

/**
 * Moves a task from the queue to the done file of a workspace and adds what is to follow it. Only ralph-state touches
 * those files.
 */
export interface TaskMoves {
  /** @throws Failure what ralph-state says against it */
  move(task: TaskMove, workspace: string): Promise<void>;
}

/** Starts ralph-state for each. */
export const movesByProgram: TaskMoves = {
  async move({ taskId, attempt, followUps }, workspace) {
    const move = ['task', 'archive', taskId, '--repo', workspace];
    if (followUps === undefined) await callSibling('ralph-state', move);
    else {
      const records = [followUps];
      await callSibling('ralph-state', [...move, '--followups', '--attempt', `${attempt}`], undefined, { records });
    }
  },
};

interface Asked {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Asks whoever reads our stdout, and is answered on stdin: he has a ralph-state that runs already. */
export class MovesByLine implements TaskMoves {
  readonly #ask: (order: object) => Promise<void>;
  readonly #asked = new Map<string, Asked>();
  #isOver = false;

  /** @param ask writes an order to stdout */
  constructor(ask: (order: object) => Promise<void>) {
    this.#ask = ask;
  }

  move({ taskId, attempt, followUps }: TaskMove, workspace: string): Promise<void> {
    if (this.#isOver) return Promise.reject(new Stopped());
    return new Promise((resolve, reject) => {
      this.#asked.set(taskId, { resolve, reject });
      const proposal = followUps === undefined ? {} : { followups: followUps.tasks };
      this.#ask({ type: 'task.archive', task_id: taskId, attempt, repo: workspace, ...proposal }).catch(reject);
    });
  }

  /** Takes in an answer; one that nobody waits for is passed over. */
  answered(record: Record<string, unknown>): void {
    const answer = firstIssue(ORDERS['task.archived'], record);
    if (!answer.success) return;
    const { task_id: taskId, ok, message } = answer.data;
    const asked = this.#asked.get(taskId);
    this.#asked.delete(taskId);
    if (ok) asked?.resolve();
    else asked?.reject(new Failure('sibling_failed', message ?? `ralph-state did not move ${taskId}`, { taskId }));
  }

  /** No answer can come any more: whoever waits for one is stopped. */
  end(): void {
    this.#isOver = true;
    for (const { reject } of this.#asked.values()) reject(new Stopped());
    this.#asked.clear();
  }
}
