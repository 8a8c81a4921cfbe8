import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf } from '@ralph/protocol/process/process-identity';
import { records, runProgram, startProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import type { TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';

export type Line = Record<string, unknown>;

export interface WorkerRun {
  readonly status: number | null;
  readonly stderr: string;
  readonly lines: readonly Line[];
  /** The lines of one type. */
  events(type: string): Line[];
}

/** Returns the stdin of a run: one line per task. */
export function taskLines(...ids: readonly string[]): string {
  return ids.map((id) => `${JSON.stringify({ id, title: `Task ${id}` })}\n`).join('');
}

/** Runs `ralph-worker run` on tasks to its end, with a shell script as the agent. */
export async function runWorker(
  repo: TestRepository,
  stdin: string,
  agent: string,
  ...args: readonly string[]
): Promise<WorkerRun> {
  const command = scriptedCommand(repo.folder, 'agent', agent);
  const { status, stdout, stderr } = await runProgram('ralph-worker', ['run', ...args, '--', command], {
    cwd: repo.root,
    stdin,
    env: { OUT: repo.folder },
  });
  return runOf(status, stdout, stderr);
}

/** Returns what a run printed, ready to be asked. */
export function runOf(status: number | null, stdout: string, stderr: string): WorkerRun {
  const lines = records(stdout);
  return { status, stderr, lines, events: (type) => lines.filter((line) => line['type'] === type) };
}

/** Starts `ralph-worker run` and leaves its stdin open. Agents find the test's folder in `OUT`. */
export function startWorker(
  repo: TestRepository,
  agent: string,
  ...args: readonly string[]
): ReturnType<typeof startProgram> {
  const command = scriptedCommand(repo.folder, 'agent', agent);
  return startProgram('ralph-worker', ['run', ...args, '--', command], { cwd: repo.root, env: { OUT: repo.folder } });
}

/** Waits until an agent has written its process number to a file of the test's folder, and returns it. */
export function pidIn(repo: TestRepository, name: string): Promise<number> {
  const path = join(repo.folder, name);
  return waitUntil(name, () => {
    const pid = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
    return pid > 0 && pid;
  });
}

/** Tells whether a process lives; a zombie does not. */
export function isLiving(pid: number): boolean {
  return identityOf(pid) !== undefined;
}

/** An agent that answers nothing but SIGKILL, with a child in its group and one in a session of its own. */
export const STUBBORN = `
trap '' INT TERM HUP
echo edit > edit.txt
sh -c 'trap "" INT TERM HUP; echo $$ > "$OUT/child"; while :; do sleep 0.2; done' &
setsid sh -c 'trap "" INT TERM HUP; echo $$ > "$OUT/apart"; while :; do sleep 0.2; done' &
echo $$ > "$OUT/agent.pid"
while :; do sleep 0.2; done`;
