import type { Receipt } from '@ralph/protocol/contract/receipt';
import type { RunStory, TaskStory } from '../record/run-story.ts';
import { waitingMs } from '../record/spent-time.ts';

/** One line of `ralph-orchestrate history RUN`. */
export interface TaskRow {
  readonly run_id: string | null;
  readonly task_id: string;
  readonly title: string;
  /** `running` where somebody is at work on it. */
  readonly result: TaskStory['result'] | 'running';
  readonly attempt: number;
  readonly started_at: string;
  readonly commit?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly last_lines?: readonly string[];
  readonly gate_tail?: string;
  readonly log_path?: string;
  readonly gate_log_path?: string;
  readonly salvage_ref?: string;
  readonly next_command?: string;
  readonly land_command?: string;
  readonly waiting_ms: number;
  readonly receipt: Receipt;
}

/** Returns a line for each task of a run. */
export function taskRows({ id, tasks }: RunStory, isRunning: boolean): TaskRow[] {
  return tasks.map((task) => taskRow(id ?? null, task, isRunning));
}

function taskRow(run_id: string | null, task: TaskStory, isRunning: boolean): TaskRow {
  const { commit, code, reason, nextCommand, landCommand, words } = task;
  const { lastLines, gateTail, logPath, gateLogPath, salvageRef } = words;
  const hasLanded = task.result === 'landed';
  return {
    run_id,
    task_id: task.id,
    title: task.title,
    result: task.isOpen && isRunning ? 'running' : task.result,
    attempt: task.attempt,
    started_at: new Date(task.begin).toISOString(),
    ...(commit === undefined ? {} : { commit }),
    ...(code === undefined ? {} : { code }),
    ...(reason === undefined ? {} : { reason }),
    ...(lastLines.length === 0 || hasLanded ? {} : { last_lines: lastLines }),
    ...(gateTail === undefined || hasLanded ? {} : { gate_tail: gateTail }),
    ...(logPath === undefined ? {} : { log_path: logPath }),
    ...(gateLogPath === undefined ? {} : { gate_log_path: gateLogPath }),
    ...(salvageRef === undefined ? {} : { salvage_ref: salvageRef }),
    ...(nextCommand === undefined ? {} : { next_command: nextCommand }),
    ...(landCommand === undefined ? {} : { land_command: landCommand }),
    waiting_ms: waitingMs(task),
    receipt: task.receipt,
  };
}
