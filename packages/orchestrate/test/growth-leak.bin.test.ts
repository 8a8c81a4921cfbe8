import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { HEAP_TELLER, heapsOf } from './growth/heap-look.ts';
import { judgeRun, type Row } from './growth/judge-run.ts';
import { leavingsOf } from './growth/leavings.ts';
import { ourProcesses } from './growth/processes.ts';
import type { Sample } from './growth/sample.ts';

/** Answers each line; what it does before is what is tried. */
const program = (before: string) => `
const kept = [];
require('node:readline').createInterface({ input: process.stdin }).on('line', () => {
  ${before}
  process.stdout.write('done\\n');
});
`;

/** Lets a process answer a hundred lines and returns the verdict on it. */
async function verdictOn(before: string): Promise<Row[]> {
  const folder = temporaryFolder();
  const heaps = join(folder, 'heaps');
  mkdirSync(heaps);
  const script = join(folder, 'ralph-leaky.cjs');
  writeFileSync(script, program(before));
  const child = spawn(process.execPath, [script], {
    cwd: folder,
    env: { ...testEnvironment(), RALPH_GROWTH_FOLDER: heaps, NODE_OPTIONS: `--require ${HEAP_TELLER}` },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const pid = child.pid ?? 0;
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const samples: Sample[] = [];
  const places = { root: folder, workspaces: join(folder, 'none'), temporary: join(folder, 'none') };
  for (let ended = 1; ended <= 100; ended += 1) {
    child.stdin.write('go\n');
    await answers.next();
    if (ended % 4 !== 0) continue;
    const told = await heapsOf(heaps, [pid]);
    const processes = ourProcesses(pid).map((one) => ({ ...one, heapBytes: told.get(one.pid) }));
    samples.push({ ended, at: ended, run: 0, processes, leavings: leavingsOf(places) });
  }
  const closed = once(child, 'close');
  child.stdin.end();
  await closed;
  return judgeRun(samples).filter(({ what }) => what.startsWith('ralph-leaky'));
}

/** A thread that waits for a message which never comes. */
const THREAD = `
  const { Worker } = require('node:worker_threads');
  new Worker("require('node:worker_threads').parentPort.on('message', () => {})", { eval: true }).unref();
`;

// What is measured stands in /proc.
describe.skipIf(process.platform !== 'linux')('the verdict on a real process', () => {
  it('is that nothing grows where nothing is kept', async () => {
    const rows = await verdictOn('void [new Array(20_000).fill(0)];');
    expect(rows.map(({ what, holds }) => [what, holds])).toEqual([
      ['ralph-leaky: resident MB', true],
      ['ralph-leaky: heap MB', true],
      ['ralph-leaky: descriptors', true],
      ['ralph-leaky: threads', true],
    ]);
  });

  it.each([
    ['memory', 'kept.push(new Array(20_000).fill(0));', 'heap MB'],
    ['descriptors', "require('node:fs').openSync('/dev/null');", 'descriptors'],
    ['threads', `if (kept.push(1) % 10 === 0) { ${THREAD} }`, 'threads'],
  ] as const)('finds %s that are kept', async (_, before, figure) => {
    const rows = await verdictOn(before);
    expect(rows.find(({ what }) => what === `ralph-leaky: ${figure}`)?.holds).toBe(false);
  });
});
