import PQueue from 'p-queue';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { parseLine } from '@ralph/protocol/contract/parse-line';
import { openBench } from '../site/bench.ts';
import { candidateOf } from '../candidate/candidate.ts';
import { integrate } from '../candidate/integrate.ts';
import type { RUN_OPTIONS } from '../options.ts';
import { exitOfRun, type Outcome, type Tally } from '../candidate/outcome.ts';

/** No more is read while this many candidates wait: the pipe then slows the agents down. */
const LONGEST_LINE = 1000;

/** `ralph-integrate run`: passes every line on at once and lands finished work, one candidate after the other. */
export async function run(call: Call<typeof RUN_OPTIONS>): Promise<Result> {
  const bench = await openBench(call);
  const waiting = new PQueue({ concurrency: 1 });
  const tally: Tally = { landed: 0, blocked: 0, failed: 0, skipped: 0 };
  try {
    for await (const line of call.input.lines()) {
      const parsed = parseLine(line.record, line.number);
      await call.output.pass(line);
      const candidate = parsed.kind === 'event' ? candidateOf(parsed.event) : undefined;
      if (candidate === undefined) continue;
      void waiting.add(async () => count(tally, await integrate(bench, candidate)));
      await waiting.onSizeLessThan(LONGEST_LINE);
    }
  } finally {
    // A bad line ends the reading, not what was taken on before it.
    await waiting.onIdle();
  }
  return { exit: exitOfRun(tally) };
}

function count(tally: Tally, outcome: Outcome): void {
  if (outcome.kind !== 'stopped') tally[outcome.kind] += 1;
}
