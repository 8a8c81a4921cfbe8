import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { programOnPath } from '@ralph/protocol/process/find-executable';
import { startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { taskLines } from './worker-run.ts';

/** A shell that starts commands needs one for each; a perl needs none. */
const AROUND = programOnPath('perl') === undefined ? { setsid: 16 } : {};

const COUNTED = ['git', 'find', 'rm', 'setsid', 'flock', 'perl', 'sh', 'cp', 'chmod', 'ps'];

/** Puts programs before the real ones that write down that they were started. */
function counting(repo: TestRepository): string {
  const folder = join(repo.folder, 'counted');
  for (const name of COUNTED) {
    const real = programOnPath(name);
    if (real === undefined) continue;
    scriptedCommand(folder, name, `echo "${name} $*" >> "$OUT/started"; exec ${real} "$@"`);
  }
  return join(folder, 'bin');
}

/** Returns what was started since the last look, by name. */
function startedIn(repo: TestRepository, from: number): { counts: Record<string, number>; length: number } {
  const lines = readFileSync(join(repo.folder, 'started'), 'utf8').trim().split('\n');
  const counts: Record<string, number> = {};
  for (const line of lines.slice(from)) {
    const [name = ''] = line.split(' ');
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return { counts, length: lines.length };
}

// Elsewhere than on Linux gits are started in another way, and locks are taken in another way.
it.skipIf(process.platform !== 'linux')(
  'a trivial task and the removal of its workspace start no more programs than these',
  async () => {
    const repo = temporaryRepository();
    const agent = scriptedCommand(repo.folder, 'agent', 'echo "$RALPH_TASK_ID" > "$RALPH_TASK_ID.txt"');
    const { PATH: path = '' } = testEnvironment(counting(repo));
    const args = ['run', '--leash', '--jobs', '1', '--', agent];
    const worker = startProgram('ralph-worker', args, { cwd: repo.root, env: { OUT: repo.folder, PATH: path } });
    let printed = '';
    worker.stdout.on('data', (bytes: Buffer) => (printed += bytes.toString()));
    const ended = transcriptOf(worker);
    const counts: Record<string, number>[] = [];
    let length = 0;
    // The first tasks of a run prepare what the others use.
    for (const id of ['RQ-0001', 'RQ-0002', 'RQ-0003']) {
      worker.stdin.write(taskLines(id));
      await waitUntil(`the end of ${id}`, () => timesIn(printed, '"agent.finished"') === counts.length + 1);
      worker.stdin.write(`${JSON.stringify({ type: 'workspace.remove', task_id: id, attempt: 1 })}\n`);
      await waitUntil(`the removal of ${id}`, () => timesIn(printed, '"workspace.removed"') === counts.length + 1);
      const started = startedIn(repo, length);
      length = started.length;
      counts.push(started.counts);
    }
    worker.stdin.end('{"type":"end"}\n');
    const { status } = await ended;
    expect(status).toBe(0);
    expect(counts.at(-1)).toEqual({ git: 13, find: 2, rm: 1, ...AROUND });
    // What was made in reserve goes with the run.
    expect(readdirSync(join(repo.root, '.ralph/cache/parallel/claims'))).toEqual([]);
  },
);

function timesIn(text: string, word: string): number {
  return text.split(word).length - 1;
}
