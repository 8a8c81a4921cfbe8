import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import type { TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { runOf, taskLines, type WorkerRun } from './worker-run.ts';

/** Writes down how it was called, and edits. */
export const SPY = `
printf '%s\\n' "$@" > "$OUT/$(basename "$0").$RALPH_TASK_ID.args"
cat > "$OUT/$(basename "$0").$RALPH_TASK_ID.stdin"
echo edit >> edit.txt`;

/** Runs the worker with agents of these names on PATH. */
export async function runNamed(
  repo: TestRepository,
  agents: Readonly<Record<string, string>>,
  { args, stdin = taskLines('RQ-0001') }: { readonly args: readonly string[]; readonly stdin?: string },
): Promise<WorkerRun> {
  const folders = Object.entries(agents).map(([name, body]) => dirname(scriptedCommand(repo.folder, name, body)));
  const env = { OUT: repo.folder, PATH: [...new Set(folders), process.env['PATH']].join(':') };
  const { status, stdout, stderr } = await runProgram('ralph-worker', ['run', ...args], { cwd: repo.root, stdin, env });
  return runOf(status, stdout, stderr);
}

/** Returns what an agent has written into the folder of the test. */
export function spied(repo: TestRepository, name: string): string {
  return readFileSync(join(repo.folder, name), 'utf8');
}
