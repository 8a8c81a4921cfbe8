import type { Call, Result } from '@ralph/protocol/cli/program';
import { takeClaim } from '@ralph/protocol/process/task-claim';
import { nextAttemptNumber } from '../refs/attempt-claim.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { WORKSPACE_OPTIONS } from '../options.ts';
import { readOrigin } from '../site/origin.ts';
import { endLeftAgent } from '../removal/end-left-agent.ts';
import { openSite } from '../site/site.ts';
import { spaceOf } from '../space/space-of.ts';
import { travellersOf } from '../travel/travellers-of.ts';
import { targetBranch } from '@ralph/protocol/process/target-branch';
import { requireUsableRoot } from '../site/usable-root.ts';
import { workspacePath } from '../site/workspace-path.ts';

/** `ralph-worker prepare`: a fresh workspace for a task, for whoever wants to work in it by hand. */
export async function run(call: Call<typeof WORKSPACE_OPTIONS>): Promise<Result> {
  const { args, operands, stop } = call;
  const [taskId = ''] = operands;
  const site = await openSite(args);
  const path = workspacePath(site, taskId);
  const branch = await targetBranch(site.repo.root, args['target-branch']);
  const origin = await readOrigin(site.repo.root);
  requireUsableRoot(site.root);
  const travellers = await travellersOf(call, site);
  const claim = await takeClaim(site.repo.root, taskId, { waitMs: 0 });
  try {
    await endLeftAgent(site.repo.root, taskId);
    const attempt = await nextAttemptNumber(site, taskId, undefined);
    const opened = await openWorkspace(site, {
      taskId,
      attempt,
      path,
      branch,
      origin,
      travellers,
      space: spaceOf(args, site, origin.localConfig),
      signal: stop.signal,
      phase: 'prepared',
    });
    const record = {
      task_id: taskId,
      attempt,
      workspace_path: path,
      base_commit: opened.baseCommit,
      reused: false,
      duration_ms: opened.durationMs,
      ...(opened.salvaged === undefined ? {} : { salvage_ref: opened.salvaged.ref }),
    };
    return { record, text: `${path}\n` };
  } finally {
    claim.release();
  }
}
