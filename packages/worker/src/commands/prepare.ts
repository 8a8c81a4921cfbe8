import type { Call, Result } from '@ralph/protocol/cli/program';
import { ProcessTrees } from '@ralph/protocol/process/process-tree';
import { targetBranch } from '@ralph/protocol/process/target-branch';
import { openSandbox } from '@ralph/protocol/process/open-sandbox';
import { Secrets } from '@ralph/protocol/process/secrets';
import { logPath } from '../agent/agent-log.ts';
import { claimSeat } from '../agent/claimed-seat.ts';
import { LogKeeper } from '@ralph/protocol/process/log-keeper';
import { LOG_LIMIT_BYTES, type PREPARE_OPTIONS } from '../options.ts';
import { nextAttemptNumber } from '../refs/attempt-claim.ts';
import { removeWorkspace } from '../removal/remove-workspace.ts';
import { provideSetup, type SetupOutcome } from '../setup/provide-setup.ts';
import { readSetupOptions } from '../setup/read-setup-options.ts';
import type { SetupRun } from '../setup/run-setup.ts';
import { readOrigin } from '../site/origin.ts';
import { sandboxRequest } from '../site/sandbox-request.ts';
import { openSite, type Site } from '../site/site.ts';
import { requireUsableRoot } from '../site/usable-root.ts';
import { workspacePath } from '../site/workspace-path.ts';
import { spaceOf } from '../space/space-of.ts';
import { travellersOf } from '../travel/travellers-of.ts';
import { DEFAULT_WARM } from '../warm/warm-pool.ts';
import { openWorkspace, type OpenedWorkspace } from '../workspace/open-workspace.ts';
import { restoreWorkspace } from '../workspace/restore-workspace.ts';

type PrepareCall = Call<typeof PREPARE_OPTIONS>;

/** `ralph-worker prepare`: a workspace for a task, for whoever wants to work in it by hand. */
export async function run(call: PrepareCall): Promise<Result> {
  const { args, operands, stop, program, output } = call;
  const [taskId = ''] = operands;
  const site = await openSite(args);
  const path = workspacePath(site, taskId);
  const branch = await targetBranch(site.repo.root, args['target-branch']);
  const origin = await readOrigin(site.repo);
  requireUsableRoot(site.root);
  const travellers = await travellersOf(call, site);
  const setup = readSetupOptions(program, site, args, undefined);
  const sandbox = await openSandbox(sandboxRequest(call, site));
  const claim = await claimSeat({ repoRoot: site.repo.root, taskId, path });
  try {
    const again = args['from-attempt'];
    const attempt = again ?? (await nextAttemptNumber(site, taskId, undefined));
    const request = {
      taskId,
      attempt,
      path,
      branch,
      origin,
      travellers,
      space: spaceOf(args, site, origin.localConfig),
      setup,
      signal: stop.signal,
      reuse: {
        limit: DEFAULT_WARM,
        fresh: args.fresh,
        keepIgnored: args['keep-ignored'],
        apart: sandbox !== undefined,
      },
    };
    const opened =
      again === undefined
        ? await openWorkspace(site, { ...request, phase: 'prepared' })
        : await restoreWorkspace(site, request);
    const { baseCommit, salvaged } = opened;
    if (salvaged !== undefined) output.note(`${program}: what the workspace held before was kept as ${salvaged.ref}`);
    const facts = { taskId, title: taskId, attempt, path, branch, baseCommit };
    const outcome =
      setup === undefined ? undefined : await setUp(call, site, { ...facts, plan: setup, sandbox }, opened);
    const record = {
      task_id: taskId,
      attempt,
      workspace_path: path,
      base_commit: baseCommit,
      reused: opened.reused,
      duration_ms: opened.durationMs,
      ...(outcome === undefined ? {} : { setup: outcome }),
      ...(salvaged === undefined ? {} : { salvage_ref: salvaged.ref }),
    };
    return { record, text: `${path}\n` };
  } finally {
    claim.release();
  }
}

/** A workspace that could not be set up is of no use to anybody. */
async function setUp(
  { program, output, stop, cleanup }: PrepareCall,
  site: Site,
  facts: Pick<SetupRun, 'taskId' | 'title' | 'attempt' | 'path' | 'branch' | 'baseCommit' | 'plan' | 'sandbox'>,
  opened: OpenedWorkspace,
): Promise<SetupOutcome> {
  const trees = new ProcessTrees();
  cleanup.defer('end the set-up', () => trees.endAll());
  stop.onForce(() => trees.killAll());
  stop.signal.addEventListener('abort', () => void trees.endAll().catch(() => {}), { once: true });
  const { taskId, attempt, path } = facts;
  const note = (text: string) => output.note(`${program}: ${text}`);
  const repoRoot = site.repo.root;
  const secrets = new Secrets(repoRoot);
  secrets.learnFrom(path);
  const journal = { logLimitBytes: LOG_LIMIT_BYTES, logs: new LogKeeper(), redact: secrets.redact };
  const log = logPath(repoRoot, taskId, attempt);
  try {
    const run = { ...facts, ...journal, repoRoot, logPath: log, trees, signal: stop.signal, note };
    return await provideSetup(site, run, opened);
  } catch (error) {
    await removeWorkspace(site, { taskId, path, reason: 'its set-up failed', isMadeByUs: true });
    throw error;
  }
}
