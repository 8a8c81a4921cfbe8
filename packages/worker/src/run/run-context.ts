import type { Output } from '@ralph/protocol/cli/output';
import type { ClaimFiles } from '@ralph/protocol/process/claim-files';
import type { ProcessTrees } from '@ralph/protocol/process/process-tree';
import type { AgentPorts } from '../ports/agent-ports.ts';
import type { LogKeeper } from '@ralph/protocol/process/log-keeper';
import type { Sandbox } from '@ralph/protocol/process/sandbox';
import type { Secrets } from '@ralph/protocol/process/secrets';
import type { AgentPlan } from '@ralph/protocol/agents/doer';
import type { Templates } from '../prompt/read-templates.ts';
import type { Origin } from '../site/origin.ts';
import type { SetupPlan } from '../setup/setup-plan.ts';
import type { Site } from '../site/site.ts';
import type { Space } from '../space/space.ts';
import type { Traveller } from '../travel/traveller.ts';
import type { ReusePolicy } from '../workspace/workspace-plan.ts';
import type { QuotaGate } from './quota-gate.ts';

/** What all tasks of one run share. */
export interface RunContext {
  readonly program: string;
  readonly site: Site;
  readonly branch: string;
  readonly origin: Origin;
  readonly travellers: readonly Traveller[];
  readonly space: Space;
  readonly agents: AgentPlan;
  readonly templates: Templates;
  /** Nothing means no limit. */
  readonly timeoutMs: number | undefined;
  /** Whether an agent that ended well without any change has done its task. */
  readonly allowEmpty: boolean;
  /** How long an agent may be silent; nothing means for ever. */
  readonly idleTimeoutMs: number | undefined;
  /** What an agent says when its provider refuses to go on for now. */
  readonly rateLimit: RegExp;
  /** Closed once an agent was turned away by such a limit. */
  readonly quota: QuotaGate;
  readonly logLimitBytes: number;
  readonly logs: LogKeeper;
  readonly secrets: Secrets;
  readonly reuse: ReusePolicy;
  readonly setup: SetupPlan | undefined;
  /** In what agents and set-ups are locked. */
  readonly sandbox: Sandbox | undefined;
  /** Ours, as it was when the run began: Node asks the system for each variable anew. */
  readonly environment: NodeJS.ProcessEnv;
  readonly trees: ProcessTrees;
  readonly claims: ClaimFiles;
  readonly ports: AgentPorts;
  readonly output: Output;
  readonly signal: AbortSignal;
}
