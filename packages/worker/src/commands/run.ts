import { join } from 'node:path';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { ClaimFiles } from '@ralph/protocol/process/claim-files';
import { parseLine } from '@ralph/protocol/contract/parse-line';
import { openGitStarter } from '@ralph/protocol/process/git';
import { ProcessTrees } from '@ralph/protocol/process/process-tree';
import { LogKeeper } from '@ralph/protocol/process/log-keeper';
import { openSandbox } from '@ralph/protocol/process/open-sandbox';
import { Secrets } from '@ralph/protocol/process/secrets';
import { reapAgents } from '../removal/reap-agents.ts';
import { obeyRemovalOrder, readRemovalOrder } from '../removal/removal-order.ts';
import { stepsFor } from '../agent/agent-plan.ts';
import { readAgentPlan } from '../agent/read-agent-plan.ts';
import { readTemplates } from '../prompt/read-templates.ts';
import { AgentPorts } from '../ports/agent-ports.ts';
import { readOrigin } from '../site/origin.ts';
import type { RUN_OPTIONS } from '../options.ts';
import type { RunContext } from '../run/run-context.ts';
import { QuotaGate } from '../run/quota-gate.ts';
import { rateLimitPattern } from '../run/rate-limit.ts';
import { runStatus } from '../run/run-outcome.ts';
import { runTask, type TaskOutcome } from '../run/run-task.ts';
import { sandboxRequest } from '../site/sandbox-request.ts';
import { openSite } from '../site/site.ts';
import { requireSupported } from '../site/supported.ts';
import { spaceOf } from '../space/space-of.ts';
import { travellersOf } from '../travel/travellers-of.ts';
import { TaskPool } from '../run/task-pool.ts';
import { removeLeftObjects } from '../upkeep/left-objects.ts';
import { TidyUp } from '../upkeep/tidy-up.ts';
import { readSetupOptions } from '../setup/read-setup-options.ts';
import { requireUsableRoot } from '../site/usable-root.ts';
import { targetBranch } from '@ralph/protocol/process/target-branch';

const LINES_AHEAD = 1000;

type RunCall = Call<typeof RUN_OPTIONS>;

/** `ralph-worker run`: a filter that does the tasks of its input and passes everything else on. */
export async function run(call: RunCall): Promise<Result> {
  const trees = new ProcessTrees();
  call.cleanup.defer('end the starter of git', await openGitStarter());
  const context = await contextOf(call, trees);
  call.cleanup.defer('remove the lock files in reserve', () => context.claims.close());
  call.cleanup.defer('end the agents', () => trees.endAll());
  call.stop.onForce(() => trees.killAll());
  call.stop.signal.addEventListener('abort', () => void trees.endAll().catch(() => {}), { once: true });
  for (const { task_id, what, action, reason } of await reapAgents(context.site.repo.root))
    call.output.note(`${call.program}: ${task_id}: ${action} ${what}: ${reason}`);
  removeLeftObjects(join(context.site.repo.gitDir, 'objects'));
  const outcomes: TaskOutcome[] = [];
  const tidyUp = new TidyUp(context.site.repo.root, call.stop.signal);
  const pool = new TaskPool({
    jobs: call.args.jobs,
    // On a leash, stdin is read on while tasks wait: its end must be seen at once.
    ahead: call.args.leash ? LINES_AHEAD : 1,
    onError: (name, error) => {
      outcomes.push('failed');
      call.output.error(
        `${call.program}: ${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    },
  });
  try {
    await readTasks(call, context, { pool, outcomes, tidyUp });
  } finally {
    // A bad line ends the reading; what runs is finished all the same.
    await pool.idle();
    await tidyUp.done();
  }
  return { exit: runStatus(outcomes) };
}

async function contextOf(call: RunCall, trees: ProcessTrees): Promise<RunContext> {
  const { args, command, program, output, stop } = call;
  const site = await openSite(args);
  const branch = await targetBranch(site.repo.root, args['target-branch']);
  const origin = await readOrigin(site.repo);
  const agents = readAgentPlan(program, args, command);
  stepsFor(agents);
  const templates = readTemplates(site.repo.root);
  requireUsableRoot(site.root);
  await requireSupported(call, site, origin.localConfig);
  const travellers = await travellersOf(call, site);
  const timeoutMs = args.timeout === undefined ? undefined : args.timeout * 1000;
  const { 'idle-timeout': idle, fresh, 'keep-ignored': keepIgnored } = args;
  const secrets = new Secrets(site.repo.root);
  output.redact = secrets.redact;
  const ground = { program, site, branch, origin, travellers, space: spaceOf(args, site, origin.localConfig) };
  return {
    ...ground,
    agents,
    templates,
    allowEmpty: args['allow-empty'],
    timeoutMs,
    idleTimeoutMs: idle === undefined ? undefined : idle * 1000,
    rateLimit: rateLimitPattern(program, args['rate-limit']),
    quota: new QuotaGate(),
    logLimitBytes: args['log-limit'],
    logs: new LogKeeper(),
    ports: new AgentPorts((text) => output.note(`${program}: ${text}`)),
    reuse: { limit: args.warm ?? (fresh ? 0 : args.jobs), fresh, keepIgnored, apart: args.sandbox !== 'none' },
    setup: readSetupOptions(program, site, args, timeoutMs),
    sandbox: await openSandbox(sandboxRequest(call, site)),
    secrets,
    environment: { ...process.env },
    trees,
    claims: new ClaimFiles(),
    output,
    signal: stop.signal,
  };
}

interface Work {
  readonly pool: TaskPool;
  readonly outcomes: TaskOutcome[];
  readonly tidyUp: TidyUp;
}

async function readTasks(call: RunCall, context: RunContext, { pool, outcomes, tidyUp }: Work): Promise<void> {
  for await (const line of call.input.lines()) {
    const parsed = parseLine(line.record, line.number);
    if (parsed.kind === 'task') {
      await pool.add(parsed.task.id, async () => {
        if (call.stop.signal.aborted) return;
        outcomes.push(await runTask(context, parsed.task));
        tidyUp.count();
      });
    } else if (parsed.kind === 'order' && parsed.type === 'agents.resume') {
      context.quota.open();
    } else if (parsed.kind === 'order' && parsed.type === 'workspace.remove') {
      const order = readRemovalOrder(line.record, line.number);
      pool.aside(order.taskId, () => obeyRemovalOrder(context, order));
    } else {
      await call.output.pass(line);
    }
  }
}
