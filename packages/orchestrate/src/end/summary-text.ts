import { commandLine } from '@ralph/protocol/cli/shell-words';
import { table } from '@ralph/protocol/cli/table';
import { publishWords, type Publishing } from '../settings/publishing.ts';
import type { Outcome } from './outcome.ts';
import type { Results, TaskResult } from '../run/results.ts';

export interface Summary {
  readonly outcome: Outcome;
  readonly results: Results;
  /** For what the tasks wait that could not be started; empty when there are none. */
  readonly waiting: string;
  readonly landing: Landing;
}

/** How the run lands work: what is landed later by hand goes through the same gate. */
export interface Landing {
  readonly root: string;
  readonly targetBranch: string;
  readonly ci: string | undefined;
  readonly publishing: Publishing;
}

/** Returns what a person reads at the end of a run: each task with its result, and what to do about those not landed. */
export function summaryText({ outcome, results, waiting, landing }: Summary): string {
  const tasks = [...results.values()];
  const parts: string[] = [];
  if (tasks.length > 0) parts.push(table(COLUMNS, tasks));
  for (const task of tasks) parts.push(...nextSteps(task, landing));
  parts.push(`${headline(outcome, tasks, waiting)}\n`);
  return parts.join('\n');
}

/** What a person types next about a task: one step, or one to mend it and one to land it. */
function nextSteps(
  { id, result, attempt, nextCommand, landCommand, workspacePath }: TaskResult,
  { root, targetBranch, ci, publishing }: Landing,
): string[] {
  if (result === 'integrating' && workspacePath !== undefined) {
    const land = [
      'ralph-integrate',
      'one',
      id,
      '--repo',
      root,
      '--workspace',
      workspacePath,
      '--attempt',
      String(attempt),
      '--target-branch',
      targetBranch,
      ...(ci === undefined ? [] : ['--ci', ci]),
      ...publishWords(publishing),
    ];
    const apply = ['ralph-state', 'apply', '--repo', root];
    return [`${id}: its work is kept; to land it: ${commandLine(land)} | ${commandLine(apply)}\n`];
  }
  if (result === 'published' && landCommand !== undefined) return [`${id}: once it is merged: ${landCommand}\n`];
  if (nextCommand === undefined) return [];
  const steps = `${id}: next: ${nextCommand}\n`;
  if (landCommand === undefined || landCommand === nextCommand) return [steps];
  return [`${steps}${' '.repeat(id.length)}  then: ${landCommand}\n`];
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

function headline(outcome: Outcome, tasks: readonly TaskResult[], waiting: string): string {
  const number = (result: TaskResult['result']) => tasks.filter((task) => task.result === result).length;
  const left = waiting === '' ? '' : `; waiting: ${waiting}`;
  if (outcome === 'no_candidates') {
    return 'no candidates: the queue holds no task to run (add one: ralph-state task add --title "…")';
  }
  if (outcome === 'blocked') {
    return `blocked: there are tasks, but none can start now: ${waiting}`;
  }
  const reviews = number('published') === 0 ? '' : `${number('published')} published, `;
  return `${outcome}: ${number('landed')} landed, ${reviews}${number('blocked')} blocked, ${number('failed')} failed${left}`;
}
