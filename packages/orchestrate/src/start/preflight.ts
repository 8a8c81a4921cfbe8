import { optionWords } from '@ralph/protocol/cli/option-words';
import { Failure } from '@ralph/protocol/contract/failure';
import type { RunPlan } from '../settings/plan-run.ts';
import { inOwnWords } from '../settings/own-words.ts';
import { firstFailure } from './first-failure.ts';
import { report } from './report.ts';

const PREFLIGHT = ['preflight'];

export interface PreflightRequest {
  readonly plan: RunPlan;
  readonly fromQueue: boolean;
  readonly signal: AbortSignal;
  readonly onNote: (line: string) => void;
}

export interface Ground {
  readonly targetBranch: string;
  readonly workspaceRoot: string;
  /** Where it is known here what the target branch has of a queue that git carries; nothing for any other queue. */
  readonly pushedQueue: string | undefined;
}

/**
 * Looks at everything a run needs before it changes anything: the siblings check what is theirs, side by side, and of
 * what they refuse the first in the order of the reference is the one that is told (part A3).
 *
 * @throws Failure as the check has it; `cancelled` on abort; that of a sibling that could not look
 */
export async function preflight({ plan, fromQueue, signal, onNote }: PreflightRequest): Promise<Ground> {
  const { root: repo, targetBranch, agents, words, queueTrouble } = plan;
  const { workspaceRoot } = plan.settings;
  const branch = targetBranch === undefined ? [] : optionWords('--target-branch', targetBranch);
  const at = ['--report', '--repo', repo, ...branch];
  const folder = workspaceRoot === undefined ? [] : optionWords('--workspace-root', workspaceRoot);
  const { command = [] } = agents;
  const behind = command.length === 0 ? [] : ['--', ...command];
  const reports = await Promise.all([
    report('ralph-worker', [...at, ...folder, ...words.worker, ...behind], onNote, PREFLIGHT, signal),
    report('ralph-integrate', [...at, ...words.integrator], onNote, PREFLIGHT, signal),
    report('ralph-state', ['--report', '--repo', repo], onNote, PREFLIGHT, signal),
  ]);
  if (signal.aborted) throw new Failure('cancelled', 'told to end before anything was started');
  const failure = firstFailure(reports, { force: plan.force, fromQueue, queueTrouble });
  if (failure !== undefined) throw inOwnWords(failure, plan.settled);
  for (const { sibling, findings } of reports) {
    for (const { level, message, hint } of findings) {
      if (level === 'warning')
        onNote(`${sibling}: warning: ${message}${hint === undefined ? '' : `\n  next: ${hint}`}`);
    }
  }
  const facts = Object.assign({}, ...reports.flatMap(({ findings }) => findings.map((each) => each.facts ?? {})));
  const ground = { targetBranch: String(facts['target_branch']), workspaceRoot: String(facts['workspace_root']) };
  const tracking = `refs/remotes/${String(facts['remote'])}/${ground.targetBranch}`;
  return { ...ground, pushedQueue: facts['queue_tracked'] === true ? tracking : undefined };
}
