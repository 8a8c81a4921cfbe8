import type { Call } from '@ralph/protocol/cli/program';
import type { COMMON_OPTIONS, OptionValues } from '@ralph/protocol/cli/options';
import type { Output } from '@ralph/protocol/cli/output';
import type { CleanupStack } from '@ralph/protocol/cli/cleanup-stack';
import { ClaimFiles } from '@ralph/protocol/process/claim-files';
import { openGitStarter } from '@ralph/protocol/process/git';
import { LogKeeper } from '@ralph/protocol/process/log-keeper';
import { ProcessTrees } from '@ralph/protocol/process/process-tree';
import { openSandbox } from '@ralph/protocol/process/open-sandbox';
import type { Sandbox } from '@ralph/protocol/process/sandbox';
import { Secrets } from '@ralph/protocol/process/secrets';
import { GatePasses } from '../gate/gate-passes.ts';
import { RunningGates } from '../gate/running-gates.ts';
import { CheckoutUpdates } from '../books/checkout-updates.ts';
import { movesByProgram, type TaskMoves } from '../books/task-moves.ts';
import { Clearing } from '../candidate/clearing.ts';
import type { LAND_OPTIONS } from '../options.ts';
import { KnownHistory } from './known-history.ts';
import { sandboxRequest } from './sandbox-request.ts';
import { readSettings, type Settings } from './settings.ts';
import { abortedAfter } from './stopped.ts';

/** How long a push that was sent may still be followed up after a stop. */
const VERIFY_GRACE_MS = 10_000;

/** What every candidate of this process is worked on with. */
export interface Bench {
  readonly settings: Settings;
  readonly output: Output;
  readonly cleanup: CleanupStack;
  /** Aborted when nothing new may be begun. */
  readonly stop: AbortSignal;
  /** Aborted when what a push has begun must be given up as well. */
  readonly lastCall: AbortSignal;
  readonly trees: ProcessTrees;
  /** In what gates and resolvers are locked. */
  readonly sandbox: Sandbox | undefined;
  /** What is to be shown to nobody. */
  readonly secrets: Secrets;
  readonly passes: GatePasses;
  readonly running: RunningGates;
  /** For the claims of candidates, of which a run takes many. */
  readonly claims: ClaimFiles;
  /** Keeps the logs of gates within their limit. */
  readonly logs: LogKeeper;
  /** Takes what nobody waits for; a command ends when it is done. */
  readonly clearing: Clearing;
  /** Brings the checkout of the user forward behind landings. */
  readonly checkout: CheckoutUpdates;
  /** What was learnt of the history of the main repository. */
  readonly history: KnownHistory;
  /** Who moves a task to done in its workspace. */
  readonly moves: TaskMoves;
}

type LandCall = Pick<Call, 'program' | 'output' | 'stop' | 'cleanup'> & {
  readonly args: OptionValues<typeof LAND_OPTIONS> & OptionValues<typeof COMMON_OPTIONS>;
};

/** Reads the settings and makes sure that no gate outlives this process. */
export async function openBench(
  { program, args, output, stop, cleanup }: LandCall,
  moves: TaskMoves = movesByProgram,
): Promise<Bench> {
  const trees = new ProcessTrees();
  cleanup.defer('end the gate', () => trees.endAll());
  stop.onForce(() => trees.killAll());
  cleanup.defer('end the starter of git', await openGitStarter());
  const settings = await readSettings(args);
  const sandbox = await openSandbox(sandboxRequest({ program, args, output }));
  const secrets = new Secrets(settings.root);
  output.redact = secrets.redact;
  const clearing = new Clearing();
  const claims = new ClaimFiles();
  cleanup.defer('remove the lock files in reserve', () => claims.close());
  return {
    settings,
    secrets,
    output,
    cleanup,
    stop: stop.signal,
    lastCall: abortedAfter(stop.signal, VERIFY_GRACE_MS),
    trees,
    sandbox,
    passes: new GatePasses(settings.gates.cache ? settings.root : undefined),
    running: new RunningGates(settings.root),
    claims,
    logs: new LogKeeper(),
    clearing,
    checkout: new CheckoutUpdates(clearing),
    history: new KnownHistory(),
    moves,
  };
}
