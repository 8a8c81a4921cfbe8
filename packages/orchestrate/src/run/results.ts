import { isReady } from '@ralph/protocol/contract/agent-end';
import type { AnyEvent, EventOf } from '@ralph/protocol/contract/events';

/** What became of one task in this run, as far as it is known. */
export interface TaskResult {
  readonly id: string;
  readonly title: string;
  /** `selected`: it was to be started, and nothing has come of it. */
  readonly result: 'selected' | 'running' | 'integrating' | 'landed' | 'published' | 'failed' | 'blocked';
  readonly attempt: number;
  readonly startedAt: string;
  readonly endedAt: string | undefined;
  readonly commit: string | undefined;
  readonly reason: string | undefined;
  readonly code: string | undefined;
  /** What a person types next. */
  readonly nextCommand: string | undefined;
  /** What lands it after that. */
  readonly landCommand: string | undefined;
  readonly workspacePath: string | undefined;
  /** What the agent, the gate or the resolver that it failed of printed last, and where all of it is. */
  readonly lastLines: readonly string[];
  readonly logPath: string | undefined;
}

export type Results = ReadonlyMap<string, TaskResult>;

/** Folds one event into the results of a run. */
export function foldResult(results: Results, event: AnyEvent): Results {
  const id = event.task_id;
  if (id === undefined) return results;
  const before = results.get(id);
  const after = resultAfter(before, event, id);
  return after === before || after === undefined ? results : new Map(results).set(id, after);
}

/** Returns what is known of one task after one of its events; the same as before where that tells nothing of it. */
export function resultAfter(before: TaskResult | undefined, event: AnyEvent, id: string): TaskResult | undefined {
  const known = before ?? unknown(event, id);
  if (event.type === 'task.selected') return chosen(event, known);
  if (event.type === 'workspace.ready') return { ...known, result: 'running', attempt: event.attempt };
  if (event.type === 'agent.started') return { ...known, title: event.title ?? known.title, attempt: event.attempt };
  if (event.type === 'agent.finished' && isReady(event)) {
    return { ...known, title: event.title ?? known.title, result: 'integrating', workspacePath: event.workspace_path };
  }
  if (event.type === 'integrate.started') return { ...known, result: 'integrating' };
  if (event.type === 'task.completed') return { ...known, result: 'landed', endedAt: event.at, commit: event.commit };
  if (event.type === 'task.published') {
    const { at: endedAt, commit, branch, answer, land_command: landCommand } = event;
    const reason = `awaits review as ${branch}${answer === undefined ? '' : ` (${answer})`}`;
    return { ...known, result: 'published', endedAt, commit, reason, landCommand };
  }
  // It was not begun, since another was turned away by a limit.
  if (event.type === 'task.skipped' && event.code === 'rate_limited') return { ...known, result: 'selected' };
  if (event.type !== 'task.blocked' && event.type !== 'task.failed' && event.type !== 'task.skipped') return before;
  const { reason, code, next_command: nextCommand } = event;
  const result = event.type === 'task.failed' ? 'failed' : 'blocked';
  const landCommand = event.type === 'task.blocked' ? event.land_command : undefined;
  const { last_lines: lastLines = [], log_path: logPath } = event.type === 'task.skipped' ? {} : event;
  return { ...known, result, endedAt: event.at, reason, code, nextCommand, landCommand, lastLines, logPath };
}

/** A task may be taken up more than once in a run: what is told of it begins anew. */
function chosen(event: EventOf<'task.selected'>, known: TaskResult): TaskResult {
  const { attempt = known.attempt, title = known.title, how } = event;
  return { ...unknown(event, known.id), attempt, title, result: how === 'adopt' ? 'integrating' : 'selected' };
}

function unknown(event: AnyEvent, id: string): TaskResult {
  return {
    id,
    title: '',
    result: 'running',
    attempt: event.attempt ?? 1,
    startedAt: event.at,
    endedAt: undefined,
    commit: undefined,
    reason: undefined,
    code: undefined,
    nextCommand: undefined,
    landCommand: undefined,
    workspacePath: undefined,
    lastLines: [],
    logPath: undefined,
  };
}

/** Returns the ids of the tasks with one result, in the order in which they were started. */
export function idsWith(results: Results, result: TaskResult['result']): string[] {
  return [...results.values()].filter((task) => task.result === result).map((task) => task.id);
}
