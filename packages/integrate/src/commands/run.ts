import PQueue from 'p-queue';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { readParallelConfig } from '@ralph/protocol/process/parallel-config';
import { parseLine } from '@ralph/protocol/contract/parse-line';
import { openBench, type Bench } from '../site/bench.ts';
import { toldToAPerson } from '../candidate/told-to-a-person.ts';
import { candidateOf, type Candidate } from '../candidate/candidate.ts';
import { integrate } from '../candidate/integrate.ts';
import { MovesByLine } from '../books/task-moves.ts';
import type { RUN_OPTIONS } from '../options.ts';
import { isSerial } from '../train/landing-size.ts';
import { dropLeftTrainRefs } from '../train/left-train-refs.ts';
import type { Rules } from '../train/line.ts';
import { Passages } from '../train/passages.ts';
import { Lanes } from '../train/lanes.ts';
import { landingScopes } from '../train/landing-scopes.ts';
import { exitOfRun, type Outcome, type Tally } from '../candidate/outcome.ts';

/** No more is read while this many candidates wait: the pipe then slows the agents down. */
const LONGEST_LINE = 1000;
/** So many workspaces are open at once. */
const LONGEST_TRAIN = 64;

/** `ralph-integrate run`: passes every line on at once and lands finished work by a merge train. */
export async function run(call: Call<typeof RUN_OPTIONS>): Promise<Result> {
  const moves = call.args['move-by-line'] ? new MovesByLine((order) => call.output.record(order)) : undefined;
  const bench = await openBench(call, moves);
  const rules = { jobs: call.args.jobs, landing: call.args.landing };
  const scopes = landingScopes(call.args, await readParallelConfig(bench.settings.root));
  await dropLeftTrainRefs(bench.settings.root);
  const passages = new Passages(new Lanes(bench, rules, scopes));
  const waiting = new PQueue({ concurrency: placesFor(bench, rules) });
  const tally: Tally = { landed: 0, published: 0, blocked: 0, failed: 0, skipped: 0 };
  try {
    for await (const line of call.input.lines()) {
      const parsed = parseLine(line.record, line.number);
      if (parsed.kind === 'order' && parsed.type === 'task.archived' && moves !== undefined) {
        moves.answered(parsed.record);
        continue;
      }
      await call.output.pass(line);
      const candidate = parsed.kind === 'event' ? candidateOf(parsed.event) : undefined;
      if (candidate === undefined) continue;
      const passage = passages.next(candidate);
      void waiting.add(async () => {
        const outcome = await integrate(bench, candidate, passage);
        count(tally, outcome);
        // Whoever holds a leash reads the events and tells a person itself.
        if (!call.args.leash) tell(bench, candidate, outcome);
      });
      await waiting.onSizeLessThan(LONGEST_LINE);
    }
  } finally {
    moves?.end();
    // A bad line ends the reading, not what was taken on before it.
    await waiting.onIdle();
    await bench.checkout.done();
  }
  return { exit: exitOfRun(tally) };
}

function tell({ settings, output }: Bench, candidate: Candidate, outcome: Outcome): void {
  const words = toldToAPerson(settings, candidate, outcome);
  if (words !== undefined) output.note(words);
}

function count(tally: Tally, outcome: Outcome): void {
  if (outcome.kind !== 'stopped') tally[outcome.kind] += 1;
}

/** What is only published is in no train: each of those that are worked on has a gate of its own. */
function placesFor({ settings }: Bench, rules: Rules): number {
  if (settings.publish.mode !== 'push') return rules.jobs;
  return isSerial(rules) ? 1 : LONGEST_TRAIN;
}
