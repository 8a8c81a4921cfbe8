import { isFailure } from '@ralph/protocol/contract/failure';
import { callSibling } from '@ralph/protocol/process/sibling';
import { inOwnWords } from '../settings/own-words.ts';
import type { RunPlan } from '../settings/plan-run.ts';

export interface PreflightRequest {
  readonly plan: RunPlan;
  readonly fromQueue: boolean;
  readonly onNote: (line: string) => void;
}

export interface Ground {
  readonly targetBranch: string;
  readonly workspaceRoot: string;
}

/**
 * Looks at everything a run needs before it changes anything: the siblings check what is theirs, side by side, and the
 * first failure in the order repository, origin, queue is the one that is told.
 *
 * @throws Failure of the sibling that found it
 */
export async function preflight(request: PreflightRequest): Promise<Ground> {
  const { plan, fromQueue, onNote } = request;
  const { root: repo, targetBranch, command, words } = plan;
  const { workspaceRoot } = plan.settings;
  const branch = targetBranch === undefined ? [] : ['--target-branch', targetBranch];
  const root = workspaceRoot === undefined ? [] : ['--workspace-root', workspaceRoot];
  const checks = await Promise.allSettled([
    callSibling(
      'ralph-worker',
      ['preflight', '--repo', repo, ...branch, ...root, ...words.worker, '--', ...command],
      onNote,
    ),
    callSibling('ralph-integrate', ['preflight', '--repo', repo, ...branch, ...words.integrator], onNote),
    fromQueue ? callSibling('ralph-state', ['task', 'validate', '--repo', repo], onNote) : Promise.resolve([]),
  ]);
  const failures = checks.flatMap((check) => (check.status === 'rejected' ? [check.reason as Error] : []));
  // A sibling that could not even run says less than one that found what is wrong.
  const first = failures.find((error) => isFailure(error) && error.code !== 'sibling_failed') ?? failures[0];
  if (first !== undefined) throw inOwnWords(first, plan.settled);
  if (plan.queueTrouble !== undefined) throw plan.queueTrouble;
  const ground = checks[0].status === 'fulfilled' ? checks[0].value[0] : undefined;
  return { targetBranch: String(ground?.['target_branch']), workspaceRoot: String(ground?.['workspace_root']) };
}
