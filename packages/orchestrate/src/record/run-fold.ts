import type { AnyEvent } from '@ralph/protocol/contract/events';
import { resultAfter, type TaskResult } from '../run/results.ts';
import { addReceipts } from './receipt-sum.ts';
import type { Pause, RunStory, TaskStory } from './run-story.ts';
import { TaskPhases } from './task-phases.ts';
import { afterEvent, costOf, newReceipt, costOfEnd, type TaskReceipt } from './task-receipt.ts';
import { afterWords, NO_WORDS, type TaskWords } from './task-words.ts';

const MOST_PAUSES = 200;

interface Task {
  result: TaskResult | undefined;
  receipt: TaskReceipt;
  words: TaskWords;
  readonly phases: TaskPhases;
  /** The known agents that were started for it, by name. */
  readonly agents: Set<string>;
}

/** Folds the events of one run into what can be told of it. It takes as much memory as its tasks do. */
export class RunFold {
  readonly #tasks = new Map<string, Task>();
  /** For whom a gate that is run for a task stands besides. */
  readonly #judged = new Map<string, readonly string[]>();
  readonly #pauses: Pause[] = [];
  #head: Pick<RunStory, 'id' | 'targetBranch' | 'workers' | 'loop' | 'stopReason'> = {
    id: undefined,
    targetBranch: undefined,
    workers: undefined,
    loop: undefined,
    stopReason: undefined,
  };
  #startedAt: number | undefined;
  #firstAt: number | undefined;
  #lastAt = 0;
  #finished: RunStory['finished'];

  /** Takes the next event of the run in. */
  take(event: AnyEvent): void {
    const at = Date.parse(event.at);
    this.#firstAt ??= at;
    this.#lastAt = Math.max(this.#lastAt, at);
    if (typeof event['run_id'] === 'string') this.#head = { ...this.#head, id: event['run_id'] };
    if (event.task_id !== undefined) return this.#takeOfTask(event.task_id, event, at);
    if (event.type === 'run.started') {
      const { target_branch: targetBranch, workers, loop } = event;
      this.#head = { ...this.#head, targetBranch, workers, loop };
      this.#startedAt = at;
    } else if (event.type === 'run.stopping') {
      this.#head = { ...this.#head, stopReason: event.stop_reason };
    } else if (event.type === 'run.paused') {
      this.#pauses.push({ from: at, to: at + event.retry_after * 1000, reason: event.reason });
      if (this.#pauses.length > MOST_PAUSES) this.#pauses.shift();
    } else if (event.type === 'run.finished') {
      this.#head = { ...this.#head, stopReason: event.stop_reason };
      this.#finished = event;
    }
  }

  /**
   * Returns what is known of the run.
   *
   * @param until in ms since 1970: when what goes on is looked at; the last event where nobody is at work any more
   */
  story(until = this.#lastAt): RunStory {
    const finished = this.#finished;
    const end = finished === undefined ? Math.max(until, this.#lastAt) : Date.parse(finished.at);
    const begin = this.#startedAt ?? (finished === undefined ? this.#firstAt : end - finished.duration_ms) ?? end;
    const tasks = [...this.#tasks].flatMap(([id, task]) => storyOf(id, task, end) ?? []);
    return { ...this.#head, isWhole: this.#startedAt !== undefined, begin, end, finished, pauses: this.#pauses, tasks };
  }

  #takeOfTask(id: string, event: AnyEvent, at: number): void {
    const known = this.#tasks.get(id);
    const task: Task = known ?? {
      result: undefined,
      receipt: newReceipt(id),
      words: NO_WORDS,
      phases: new TaskPhases(),
      agents: new Set(),
    };
    if (known === undefined) this.#tasks.set(id, task);
    task.result = resultAfter(task.result, event, id);
    task.words = afterWords(task.words, event);
    task.receipt =
      event.type === 'task.receipt'
        ? told(task.receipt, event)
        : afterEvent(task.receipt, event, costOf(task.receipt, event));
    if (event.type === 'agent.started' && event.agent !== undefined) task.agents.add(event.agent.name);
    task.phases.take(event);
    this.#share(id, event, at);
  }

  #share(id: string, event: AnyEvent, at: number): void {
    if (event.type === 'ci.started' && event.with !== undefined) {
      this.#judged.set(id, event.with);
      for (const other of event.with) this.#tasks.get(other)?.phases.share(at, 'began');
    } else if (event.type === 'ci.passed' || event.type === 'ci.failed') {
      const what = event.type === 'ci.passed' ? 'passed' : 'failed';
      for (const other of this.#judged.get(id) ?? []) this.#tasks.get(other)?.phases.share(at, what);
      this.#judged.delete(id);
    }
  }
}

/** What the run itself has told counts: an event may be missing from what is left of the log. */
function told(before: TaskReceipt, event: Extract<AnyEvent, { type: 'task.receipt' }>): TaskReceipt {
  const { result, title = before.title, receipt } = event;
  const since = result === 'unfinished' ? undefined : before.since;
  return { ...before, result, title, receipt, since, hasAgent: false };
}

/** Returns nothing for a task of which the run has only cleared away what an earlier one had left. */
function storyOf(id: string, { result, receipt, words, phases, agents }: Task, end: number): TaskStory | undefined {
  const stretches = phases.until(end);
  if (result === undefined && stretches.length === 0) return undefined;
  const open = costOfEnd(receipt, end);
  return {
    id,
    title: receipt.title ?? result?.title ?? '',
    result: receipt.result,
    isOpen: phases.isOpen,
    attempt: result?.attempt ?? 1,
    begin: stretches[0]?.from ?? Date.parse(result?.startedAt ?? ''),
    commit: result?.commit,
    reason: result?.reason,
    code: result?.code,
    nextCommand: result?.nextCommand,
    landCommand: result?.landCommand,
    agents: [...agents],
    words,
    receipt: addReceipts(receipt.receipt, open),
    stretches,
  };
}
