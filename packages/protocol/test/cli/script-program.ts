import { once } from 'node:events';
import { command } from '../../src/cli/program.ts';
import { LEASH_OPTION } from '../../src/cli/options.ts';
import { runProgram } from '../../src/cli/run-program.ts';
import { Failure } from '../../src/contract/failure.ts';
import type { Call, Result } from '../../src/cli/program.ts';

/** A program whose commands end in every way in which a command can end. */
const WAYS: Record<string, (call: Call) => Promise<Result> | Result> = {
  records: () => ({
    records: [{ id: 'A' }, { id: 'B' }],
    columns: { id: (row: { id: string }) => row.id },
    exit: 'partial',
  }),
  status: () => ({ exit: 42 }),
  failure: () => {
    throw new Failure('lock_held', 'held by 7', { hint: 'wait for it' });
  },
  bug: () => {
    throw new TypeError('oops');
  },
  io: () => {
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  },
  // Nothing keeps the process alive: it ends without the end being reached.
  never: () => new Promise<Result>(() => {}),
  flood: async ({ output }) => {
    for (let number = 0; number < 50_000; number += 1) await output.record({ number, filler: 'x'.repeat(100) });
    return {};
  },
  // Writes as long as nobody tells it to stop, and what a shutdown tells after that.
  stuck: async ({ output, stop, cleanup }) => {
    while (!stop.signal.aborted) {
      const written = output.record({ filler: 'x'.repeat(1000) });
      if (process.stdout.writableNeedDrain) output.error('stuck');
      await written;
    }
    cleanup.defer('told', async () => {
      for (let number = 0; number < 5; number += 1) await output.record({ number, filler: 'x'.repeat(100_000) });
      output.error('undone');
    });
    return {};
  },
  closed: async ({ output, stop }) => {
    while (!stop.signal.aborted) await output.record({ filler: 'x'.repeat(1000) });
    output.error(`stopped by ${stop.cause?.kind}`);
    return {};
  },
  wait: async ({ output, stop, cleanup }) => {
    cleanup.defer('first', () => output.error('undone: first'));
    cleanup.defer('second', () => output.error('undone: second'));
    stop.onForce(() => output.error('forced'));
    await ended(output, stop.signal);
    return {};
  },
  deaf: async ({ output, stop, cleanup }) => {
    stop.onForce(() => process.stderr.write('forced\n'));
    cleanup.defer('hangs', () => new Promise(() => {}), 60_000);
    await ended(output, stop.signal);
    output.error('stopping');
    return {};
  },
  // Says which signals come, and is not done before its stdin has ended.
  patient: async ({ output, stop, cleanup }) => {
    for (const name of ['SIGHUP', 'SIGTERM'] as const) process.on(name, () => output.error(`heard ${name}`));
    stop.onForce(() => output.error('forced'));
    const isOver = once(process.stdin.resume(), 'end');
    cleanup.defer('waits', () => isOver.then(() => output.error('undone')), 60_000);
    await output.record({ ready: true });
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
    return {};
  },
  leash: async ({ input, output, stop }) => {
    const lines: number[] = [];
    for await (const line of input.lines()) lines.push(line.number);
    await output.record({ lines, stopped: stop.cause?.kind ?? null });
    return {};
  },
};

async function ended(output: Call['output'], signal: AbortSignal): Promise<void> {
  // An open stdin keeps the process alive.
  process.stdin.resume();
  const stopped = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await output.record({ ready: true });
  await stopped;
  process.stdin.destroy();
}

await runProgram({
  name: 'ralph-script',
  summary: 'ends in many ways',
  commands: Object.entries(WAYS).map(([word, run]) =>
    command({
      words: [word],
      summary: word,
      options: LEASH_OPTION,
      load: () => Promise.resolve({ run: async (call) => run(call) }),
    }),
  ),
});
