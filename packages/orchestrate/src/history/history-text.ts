import { printable } from '@ralph/protocol/cli/printable';
import { table } from '@ralph/protocol/cli/table';
import { clockText, costOfText, timeText, tokensText } from '../record/figures.ts';
import type { RunRow } from './run-row.ts';
import type { TaskRow } from './task-row.ts';

/** Returns the list of runs that a person reads. */
export function runsText(rows: readonly RunRow[]): string {
  if (rows.length === 0) return 'no run is on record here (begin one: ralph-orchestrate run)\n';
  return table(RUN_COLUMNS, rows);
}

/** Returns what a person reads of one run: how it ended, each task with its receipt, and what to do about the others. */
export function runText(run: RunRow, tasks: readonly TaskRow[]): string {
  const parts = [headText(run)];
  if (tasks.length > 0) {
    const sum: SumRow = { task_id: 'together', receipt: run.totals };
    parts.push(table(TASK_COLUMNS, [...tasks, sum]));
  }
  for (const task of tasks) if (task.result !== 'landed') parts.push(troubleText(task));
  return parts.join('\n');
}

type SumRow = Pick<TaskRow, 'task_id' | 'receipt'> & Partial<TaskRow>;

const RUN_COLUMNS = {
  run: (row: RunRow) => row.run_id ?? '-',
  started: (row: RunRow) => clockText(Date.parse(row.started_at)),
  duration: (row: RunRow) => timeText(row.duration_ms),
  outcome: (row: RunRow) => row.outcome,
  landed: (row: RunRow) => String(row.counts.landed),
  published: (row: RunRow) => String(row.counts.published),
  failed: (row: RunRow) => String(row.counts.failed),
  blocked: (row: RunRow) => String(row.counts.blocked),
  unfinished: (row: RunRow) => String(row.counts.unfinished ?? 0),
  tokens: (row: RunRow) => tokensText(row.totals),
  cost: (row: RunRow) => costOfText(row.totals),
};

const TASK_COLUMNS = {
  task: (row: SumRow) => row.task_id,
  result: (row: SumRow) => row.result ?? '',
  commit: (row: SumRow) => (row.result === undefined ? '' : (row.commit?.slice(0, 10) ?? '-')),
  time: (row: SumRow) => timeText(row.receipt.total_ms),
  agent: (row: SumRow) => timeText(row.receipt.agent_ms + row.receipt.remedy_ms),
  attempts: (row: SumRow) => String(row.receipt.attempts),
  gates: (row: SumRow) => String(row.receipt.gates),
  tokens: (row: SumRow) => tokensText(row.receipt),
  cost: (row: SumRow) => costOfText(row.receipt),
  'title or reason': (row: SumRow) => row.reason ?? row.title ?? '',
};

function headText({ run_id: id, outcome, counts, started_at, duration_ms, target_branch, ...row }: RunRow): string {
  const { landed, published, failed, blocked, unfinished = 0 } = counts;
  const told = [
    `${landed} landed`,
    ...(published === 0 ? [] : [`${published} published`]),
    `${failed} failed`,
    `${blocked} blocked`,
    ...(unfinished === 0 ? [] : [`${unfinished} unfinished`]),
  ];
  const where = target_branch === undefined ? '' : ` on ${target_branch}`;
  const rest = row.beginning_is_gone === undefined ? '' : '\nits beginning is no longer in the log';
  const begun = clockText(Date.parse(started_at));
  return printable(
    `${id ?? 'a run'}: ${outcome}: ${told.join(', ')}${where}; ${timeText(duration_ms)}, from ${begun}${rest}\n`,
  );
}

function troubleText(task: TaskRow): string {
  const { task_id: id, result, code, reason = '', next_command: next, land_command: land } = task;
  const lines = [`${id} ${result}${code === undefined ? '' : ` (${code})`}${reason === '' ? '' : `: ${reason}`}`];
  const tail = (task.gate_tail ?? '').trim() === '' ? (task.last_lines ?? []) : linesOf(task.gate_tail).slice(-5);
  for (const line of tail) lines.push(`  | ${line}`);
  if (task.gate_log_path !== undefined) lines.push(`  gate: ${task.gate_log_path}`);
  if (task.log_path !== undefined) lines.push(`  log:  ${task.log_path}`);
  if (task.salvage_ref !== undefined) lines.push(`  kept: ${task.salvage_ref}`);
  if (result === 'unfinished') lines.push('  its work is kept; the next run takes it up');
  if (next !== undefined) lines.push(`  next: ${next}`);
  if (land !== undefined && land !== next) lines.push(`  then: ${land}`);
  return printable(`${lines.join('\n')}\n`);
}

function linesOf(text = ''): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
