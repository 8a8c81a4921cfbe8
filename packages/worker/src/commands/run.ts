import { isAbsolute, resolve } from 'node:path';
import PQueue from 'p-queue';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { parseLine } from '@ralph/protocol/contract/parse-line';
import { requireExecutable } from '@ralph/protocol/process/find-executable';
import { ProcessTrees } from '@ralph/protocol/process/process-tree';
import { obeyRemovalOrder, readRemovalOrder } from '../removal-order.ts';
import { readOrigin } from '../origin.ts';
import type { RUN_OPTIONS } from '../options.ts';
import type { RunContext } from '../run-context.ts';
import { runStatus } from '../run-outcome.ts';
import { runTask, type TaskOutcome } from '../run-task.ts';
import { openSite } from '../site.ts';
import { targetBranch } from '@ralph/protocol/process/target-branch';

type RunCall = Call<typeof RUN_OPTIONS>;

/** `ralph-worker run`: a filter that does the tasks of its input and passes everything else on. */
export async function run(call: RunCall): Promise<Result> {
  const trees = new ProcessTrees();
  const context = await contextOf(call, trees);
  call.cleanup.defer('end the agents', () => trees.endAll());
  call.stop.onForce(() => trees.killAll());
  call.stop.signal.addEventListener('abort', () => void trees.endAll().catch(() => {}), { once: true });
  const running: Promise<void>[] = [];
  const outcomes: TaskOutcome[] = [];
  try {
    await readTasks(call, context, { running, outcomes });
  } finally {
    // A bad line ends the reading; what runs is finished all the same.
    await Promise.all(running);
  }
  return { exit: runStatus(outcomes) };
}

async function contextOf({ args, command, program, output, stop }: RunCall, trees: ProcessTrees): Promise<RunContext> {
  const site = await openSite(args);
  const branch = await targetBranch(site.repo.root, args['target-branch']);
  const origin = await readOrigin(site.repo.root);
  const [name = '', ...words] = command;
  requireExecutable(name, process.cwd());
  // The agent is started in another folder than the one in which its path was typed.
  const agent = name.includes('/') && !isAbsolute(name) ? resolve(name) : name;
  const timeoutMs = args.timeout === undefined ? undefined : args.timeout * 1000;
  return { program, site, branch, origin, command: [agent, ...words], timeoutMs, trees, output, signal: stop.signal };
}

interface Work {
  readonly running: Promise<void>[];
  readonly outcomes: TaskOutcome[];
}

async function readTasks(call: RunCall, context: RunContext, { running, outcomes }: Work): Promise<void> {
  const slots = new PQueue({ concurrency: call.args.jobs });
  for await (const line of call.input.lines()) {
    const parsed = parseLine(line.record, line.number);
    if (parsed.kind === 'task') {
      const job = async () => {
        if (!call.stop.signal.aborted) outcomes.push(await runTask(context, parsed.task));
      };
      running.push(slots.add(job));
      // One task waits here for a slot: until it has one, no more is read, and a full pipe slows the writer down.
      await slots.onSizeLessThan(1);
    } else if (parsed.kind === 'order' && parsed.type === 'workspace.remove') {
      running.push(obeyRemovalOrder(context, readRemovalOrder(line.record, line.number)));
    } else {
      await call.output.pass(line);
    }
  }
}
