import { table } from '@ralph/protocol/cli/table';
import type { Outcome } from './outcome.ts';
import type { Results, TaskResult } from './results.ts';

/** Returns what a person reads at the end of a run: each task with its result, and what to do about those not landed. */
export function summaryText(outcome: Outcome, results: Results, waiting: number): string {
  const tasks = [...results.values()];
  const parts: string[] = [];
  if (tasks.length > 0) parts.push(table(COLUMNS, tasks));
  for (const task of tasks) if (task.nextCommand !== undefined) parts.push(`${task.id}: next: ${task.nextCommand}\n`);
  parts.push(`${headline(outcome, tasks, waiting)}\n`);
  return parts.join('\n');
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

function headline(outcome: Outcome, tasks: readonly TaskResult[], waiting: number): string {
  const number = (result: TaskResult['result']) => tasks.filter((task) => task.result === result).length;
  const left = waiting > 0 ? `, ${waiting} waiting` : '';
  if (outcome === 'no_candidates') {
    return 'no candidates: the queue holds no task to run (add one: ralph-state task add --title "…")';
  }
  if (outcome === 'blocked') {
    return `blocked: ${waiting} task${waiting === 1 ? '' : 's'} to run, none can start now (see: ralph-state task list)`;
  }
  return `${outcome}: ${number('landed')} landed, ${number('blocked')} blocked, ${number('failed')} failed${left}`;
}
