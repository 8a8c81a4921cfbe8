import { Sibling, type SiblingName } from '@ralph/protocol/process/sibling';
import { publishWords, type Publishing } from '../publishing.ts';
import type { InputLine } from '@ralph/protocol/cli/input';
import { Failure } from '@ralph/protocol/contract/failure';

/** How long a sibling may take to end in order after it was told to, before it is killed. */
const END_LIMIT_MS = 15_000;

export interface CrewPlan {
  readonly repo: string;
  readonly targetBranch: string;
  readonly workspaceRoot: string;
  readonly workers: number;
  readonly timeout: number | undefined;
  readonly ci: string | undefined;
  readonly ciTimeout: number | undefined;
  readonly publishing: Publishing;
  readonly resolver: ResolverPlan;
  readonly maxPushAttempts: number;
  readonly pushBackoffMs: readonly number[];
  readonly command: readonly string[];
}

/** What mends a conflict or a red gate; what is not set is for ralph-integrate to choose. */
export interface ResolverPlan {
  readonly command: string | undefined;
  readonly isOff: boolean;
  readonly attempts: number | undefined;
}

/** The two coprocesses that do the work: one runs agents, one lands what they made. */
export class Crew {
  readonly worker: Sibling;
  readonly integrator: Sibling;
  /** Whether they were told to end; before that, one that ends leaves the run without hands. */
  #told = false;

  constructor(plan: CrewPlan, onNote: (line: string) => void) {
    this.worker = new Sibling('ralph-worker', workerArguments(plan), onNote);
    this.integrator = new Sibling('ralph-integrate', integratorArguments(plan), onNote);
  }

  /**
   * Carries both streams, line by line and in order within each, until both have closed.
   *
   * @param onLost told when one of them ended although nobody told it to, or failed
   */
  async carry(
    onLine: (from: SiblingName, line: InputLine) => Promise<void>,
    onLost: (failure: Failure) => void,
  ): Promise<void> {
    const carryOne = async (sibling: Sibling) => {
      for await (const line of sibling.lines()) await onLine(sibling.name, line);
      const { failure, exitCode } = await sibling.ended;
      // Statuses up to 6 tell how the work went, which the events have told already.
      const failed = exitCode > 6 ? failure : undefined;
      if (!this.#told) onLost(failed ?? endedAlone(sibling.name, exitCode));
      else if (failed !== undefined && exitCode < 128) onLost(failed);
    };
    await Promise.all([carryOne(this.worker), carryOne(this.integrator)]);
  }

  /** Says that no more work comes; each ends when what runs is done. */
  end(): void {
    this.#told = true;
    this.worker.end();
    this.integrator.end();
  }

  /** Takes both off their leash: they end their agents and gates, and then themselves; killed if they do not. */
  abort(): void {
    this.#told = true;
    for (const sibling of [this.worker, this.integrator]) {
      sibling.drop();
      const timer = setTimeout(() => sibling.kill('SIGKILL'), END_LIMIT_MS);
      void sibling.ended.catch(() => {}).then(() => clearTimeout(timer));
    }
  }

  /** Kills both at once; their watchers end what they leave behind. */
  kill(): void {
    this.worker.kill('SIGKILL');
    this.integrator.kill('SIGKILL');
  }
}

function endedAlone(name: SiblingName, exitCode: number): Failure {
  return new Failure('sibling_failed', `${name} ended in the middle of the run (status ${exitCode})`, {
    hint: 'run it again: what was begun is taken up',
  });
}

function workerArguments(plan: CrewPlan): string[] {
  const limit = plan.timeout === undefined ? [] : ['--timeout', String(plan.timeout)];
  return [
    'run',
    '--leash',
    ...common(plan),
    '--workspace-root',
    plan.workspaceRoot,
    '--jobs',
    String(plan.workers),
    ...limit,
    '--',
    ...plan.command,
  ];
}

function integratorArguments(plan: CrewPlan): string[] {
  const gate = plan.ci === undefined ? [] : ['--ci', plan.ci];
  const limit = plan.ciTimeout === undefined ? [] : ['--ci-timeout', String(plan.ciTimeout)];
  const push = ['--max-attempts', String(plan.maxPushAttempts), '--backoff', plan.pushBackoffMs.join(',') || '0'];
  return [
    'run',
    '--leash',
    ...common(plan),
    '--keep-workspaces',
    ...push,
    ...gate,
    ...limit,
    ...publishWords(plan.publishing),
    ...resolverArguments(plan.resolver),
  ];
}

function resolverArguments({ command, isOff, attempts }: ResolverPlan): string[] {
  return [
    ...(command === undefined ? [] : ['--resolver', command]),
    ...(isOff ? ['--no-resolver'] : []),
    ...(attempts === undefined ? [] : ['--resolver-attempts', String(attempts)]),
  ];
}

function common(plan: CrewPlan): string[] {
  return ['--repo', plan.repo, '--target-branch', plan.targetBranch, '--format', 'ndjson'];
}
