import type { Call } from '@ralph/protocol/cli/program';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import { Failure } from '@ralph/protocol/contract/failure';
import { findGitRepository, sharedRoot } from '@ralph/protocol/process/repository';
import { doerOf, type AgentPlan } from '@ralph/protocol/agents/doer';
import { agentPlan, agentWords } from './agent-settings.ts';
import { busyPolicy, type BusyPolicy } from '../loops/busy-policy.ts';
import type { RUN_OPTIONS } from '../options.ts';
import { accountOf } from '../quota/account.ts';
import { budgetOf, type Budget } from '../quota/budget.ts';
import { loopPolicy, type LoopPolicy } from './loop-policy.ts';
import { flagLayer } from './flag-layer.ts';
import { GATE_OPTIONS, INTEGRATOR_OPTIONS, WORKER_OPTIONS } from './handed-options.ts';
import { gateWords, handedWords, resolverWords, sandboxWords } from './handed-words.ts';
import type { Settled } from './layers.ts';
import { publishingOf, publishWords, type Publishing } from './publishing.ts';
import { queueTrouble } from './queue-place.ts';
import { readSettings } from './read-settings.ts';
import { settingsOf, type Settings } from './settings.ts';
import { askTrust, inNeedOfTrust, untrusted } from './trust.ts';

type RunCall = Call<typeof RUN_OPTIONS>;

/** Everything that a run is told, before it has looked at the repository. */
export interface RunPlan {
  readonly root: string;
  readonly settings: Settings;
  /** Where each setting came from. */
  readonly settled: Settled;
  readonly targetBranch: string | undefined;
  readonly agents: AgentPlan;
  /** Whether the run starts in a repository with changes that are not committed. */
  readonly force: boolean;
  /** The options that name the gates. */
  readonly gates: readonly string[];
  readonly publishing: Publishing;
  /** 0 means without limit. */
  readonly maxTasks: number;
  readonly loop: LoopPolicy;
  readonly budget: Budget;
  /** Whose quota the agents use. */
  readonly account: string;
  /** Whether a limit that is known from before is heeded. */
  readonly heedsQuota: boolean;
  readonly busy: BusyPolicy;
  /** What is wrong with where the configuration has the queue; preflight tells it in its place. */
  readonly queueTrouble: Failure | undefined;
  /** What the two siblings are told that need no more knowledge than this. */
  readonly words: { readonly worker: readonly string[]; readonly integrator: readonly string[] };
}

/**
 * Reads flags, environment and configuration into one plan; nothing has been looked at or changed yet.
 *
 * @throws Failure `not_a_repository`, `usage`, `config_invalid`, `config_untrusted`
 */
export async function planRun(call: RunCall): Promise<RunPlan> {
  const { args } = call;
  const publishing = publishingOf(args);
  const busy = busyPolicy(call.program, args);
  exclusive(call, 'resolver', 'no-resolver');
  exclusive(call, 'ci', 'no-ci');
  if (args.agent !== undefined && call.command.length > 0)
    throw usageFailure(call.program, '--agent and a command after -- exclude each other');
  const { root } = findGitRepository(args.repo);
  const settled = await trustedSettings(call, root);
  const settings = settingsOf(settled, root);
  const agents = namedAgents(settled);
  const { options: agentOptions } = agentWords(agents);
  const gates = gateWords(args, settled);
  const box = sandboxWords(args, settled);
  const others = Object.fromEntries(Object.entries(INTEGRATOR_OPTIONS).filter(([name]) => !(name in GATE_OPTIONS)));
  return {
    root,
    settings,
    settled,
    targetBranch: args['target-branch'],
    agents,
    force: args.force,
    gates,
    publishing,
    maxTasks: args['max-tasks'] ?? 0,
    loop: loopPolicy(args, settled),
    budget: budgetOf(settled),
    account: settled.value('agent.account') ?? accountOf(doerOf(agents)?.words ?? []),
    heedsQuota: !args['despite-quota'],
    busy,
    queueTrouble: queueTrouble(settled, root),
    words: {
      worker: [
        '--jobs',
        String(settings.workers),
        ...agentOptions,
        ...handedWords(WORKER_OPTIONS, args, settled),
        ...box,
      ],
      integrator: [
        ...gates,
        ...handedWords(others, args, settled),
        ...resolverWords(settled),
        ...box,
        ...publishWords(publishing),
      ],
    },
  };
}

/** Asks about trust only where something depends on it. */
async function trustedSettings({ args, command, output }: RunCall, root: string): Promise<Settled> {
  const { settled, notes } = await readSettings({ root, env: process.env, flags: flagLayer({ args, command }) });
  for (const note of notes) output.note(`ralph-orchestrate: ${note}`);
  const doubtful = inNeedOfTrust(settled);
  if (doubtful.length === 0) return settled;
  // A second loop has no file of trust of its own.
  const trust = await askTrust(sharedRoot(root));
  if (!trust.trusted) throw untrusted(doubtful, root, trust);
  return settled;
}

function namedAgents(settled: Settled): AgentPlan {
  const plan = agentPlan(settled);
  const { command, flags, config } = plan;
  if (command !== undefined || flags.runner !== undefined) return plan;
  if ((config.runner ?? config.command ?? undefined) !== undefined) return plan;
  throw new Failure(
    'usage',
    'no agent is named: neither by --agent, nor after --, nor by agent.runner of the configuration',
    {
      hint: 'ralph-orchestrate run --agent claude, or your own: ralph-orchestrate run -- CMD',
    },
  );
}

function exclusive({ args, program }: RunCall, command: 'ci' | 'resolver', off: 'no-ci' | 'no-resolver'): void {
  if (args[off] && args[command] !== undefined)
    throw usageFailure(program, `--${command} and --${off} exclude each other`);
}
