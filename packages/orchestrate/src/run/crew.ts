import type { AgentPlan } from '@ralph/protocol/agents/doer';
import { Sibling, type SiblingName } from '@ralph/protocol/process/sibling';
import type { InputLine } from '@ralph/protocol/cli/input';
import { Failure } from '@ralph/protocol/contract/failure';

/** How long a sibling may take to end in order after it was told to, before it is killed. */
const END_LIMIT_MS = 15_000;

export interface CrewPlan {
  readonly repo: string;
  readonly targetBranch: string;
  readonly workspaceRoot: string;
  readonly agents: AgentPlan;
  /** What each is told besides. */
  readonly words: { readonly worker: readonly string[]; readonly integrator: readonly string[] };
}

/** The two coprocesses that do the work: one runs agents, one lands what they made. */
export class Crew {
  readonly worker: Sibling;
  readonly integrator: Sibling;
  /** Who does the tasks. */
  readonly agents: AgentPlan;
  /** Whether they were told to end; before that, one that ends leaves the run without hands. */
  #told = false;

  constructor(plan: CrewPlan, onNote: (line: string) => void) {
    this.agents = plan.agents;
    // One that cannot be started has ended with the reason, which ends the other as well (see carry).
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
  const place = ['--workspace-root', plan.workspaceRoot];
  const { command } = plan.agents;
  const behind = command === undefined ? [] : ['--', ...command];
  return ['run', '--leash', ...common(plan), ...place, ...plan.words.worker, ...behind];
}

function integratorArguments(plan: CrewPlan): string[] {
  return ['run', '--leash', ...common(plan), '--keep-workspaces', '--move-by-line', ...plan.words.integrator];
}

function common(plan: CrewPlan): string[] {
  return ['--repo', plan.repo, '--target-branch', plan.targetBranch, '--format', 'ndjson'];
}
