import { printable } from '@ralph/protocol/cli/printable';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import type { Receipt } from '@ralph/protocol/contract/receipt';
import { table } from '@ralph/protocol/cli/table';
import type { Results, TaskResult } from '../run/results.ts';
import type { StopReason } from '../run/view.ts';
import { costWords } from './cost-words.ts';
import type { Outcome } from './outcome.ts';

export interface Summary {
  readonly outcome: Outcome;
  readonly results: Results;
  /** For what the tasks wait that could not be started; empty when there are none. */
  readonly waiting: string;
  readonly stopReason: StopReason | undefined;
  /** What the run has cost. */
  readonly totals: Receipt;
  /** What a person types to go on. */
  readonly again: string;
}

/** Returns what a person reads at the end of a run: each task with its result, and what to do about those not landed. */
export function summaryText(summary: Summary): string {
  const tasks = [...summary.results.values()].filter(({ result }) => result !== 'selected');
  const parts: string[] = [];
  if (tasks.length > 0) parts.push(table(COLUMNS, tasks));
  for (const task of tasks) parts.push(...nextSteps(task, summary.again).map((steps) => steps + lastWords(task)));
  const cost = costWords(summary.totals);
  parts.push(`${cost === '' ? '' : `${cost}\n`}${headline(summary, tasks)}\n`);
  return parts.join('\n');
}

/** What a person types next about a task: one step, or one to mend it and one to land it. */
function nextSteps({ id, result, code, nextCommand, landCommand }: TaskResult, again: string): string[] {
  if (result === 'landed') return [];
  if (result === 'integrating' || result === 'running') return [`${id}: its work is kept; to go on: ${again}\n`];
  if (result === 'published') return landCommand === undefined ? [] : [`${id}: once it is merged: ${landCommand}\n`];
  const next = code === 'rate_limited' || code === 'cancelled' ? again : (nextCommand ?? again);
  const steps = `${id}: next: ${next}\n`;
  if (landCommand === undefined || landCommand === next) return [steps];
  return [`${steps}${' '.repeat(id.length)}  then: ${landCommand}\n`];
}

const MOST_LINES = 5;
const MOST_CHARACTERS = 200;

/** What was printed last by what a task failed of, and the command that shows all of it; nothing when nothing was. */
function lastWords({ id, result, lastLines, logPath, nextCommand }: TaskResult): string {
  if ((result !== 'failed' && result !== 'blocked') || lastLines.length === 0) return '';
  const indent = ' '.repeat(id.length);
  const lines = lastLines
    .slice(-MOST_LINES)
    .map((line) => `${indent}    ${printable(line.slice(0, MOST_CHARACTERS)).replaceAll('\n', ' ')}\n`);
  // The next command shows all of it already.
  const isNext = nextCommand?.startsWith('ralph-worker logs ') === true;
  const whole = logPath === undefined || isNext ? '' : ` (all: ${commandLine(['less', logPath])})`;
  return `${indent}  last lines of its log${whole}:\n${lines.join('')}`;
}

const COLUMNS = {
  task: (task: TaskResult) => task.id,
  result: (task: TaskResult) => task.result,
  commit: (task: TaskResult) => task.commit?.slice(0, 10) ?? '-',
  time: (task: TaskResult) => duration(task),
  attempt: (task: TaskResult) => String(task.attempt),
  'title or reason': (task: TaskResult) => task.reason ?? task.title,
};

function duration({ startedAt, endedAt }: TaskResult): string {
  return endedAt === undefined ? '-' : `${((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1)} s`;
}

function headline({ outcome, waiting, stopReason }: Summary, tasks: readonly TaskResult[]): string {
  const number = (result: TaskResult['result']) => tasks.filter((task) => task.result === result).length;
  const left = waiting === '' ? '' : `; waiting: ${waiting}`;
  if (outcome === 'no_candidates') {
    return 'no candidates: there was no task for this run (add one: ralph-state task add --title "…")';
  }
  if (outcome === 'blocked') {
    return `blocked: there are tasks, but none can start now: ${waiting === '' ? 'the queue cannot be read' : waiting}`;
  }
  const reviews = number('published') === 0 ? '' : `${number('published')} published, `;
  const counts = `${number('landed')} landed, ${reviews}${number('blocked')} blocked, ${number('failed')} failed`;
  return `${outcome}: ${counts}${left}${stopReason === undefined ? '' : STOPS[stopReason]}`;
}

/** What is told of a run that may have had more to do. */
const STOPS: Readonly<Record<StopReason, string>> = {
  asked: '; it was asked to stop',
  failures: '; it stopped after too many failures in a row (--stop-after-failures)',
  limit: '; agents are turned away by a rate limit',
  budget: '; its budget is spent',
  max_tasks: '; it was to start no more (--max-tasks)',
  signal: '',
  lost: '',
};
