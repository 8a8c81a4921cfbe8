import type { Call, Result } from '@ralph/protocol/cli/program';
import { endGitWith } from '@ralph/protocol/process/git';
import { openSandbox } from '@ralph/protocol/process/open-sandbox';
import { findingsResult } from '@ralph/protocol/cli/findings-result';
import { findGitRepository } from '@ralph/protocol/process/repository';
import type { PREFLIGHT_OPTIONS } from '../options.ts';
import { stepsFor } from '../agent/agent-plan.ts';
import { namesAgent, readAgentPlan } from '../agent/read-agent-plan.ts';
import { readTemplates } from '../prompt/read-templates.ts';
import { readOrigin } from '../site/origin.ts';
import { rateLimitPattern } from '../run/rate-limit.ts';
import { readSetupOptions } from '../setup/read-setup-options.ts';
import { sandboxRequest } from '../site/sandbox-request.ts';
import { openSite } from '../site/site.ts';
import { requireSupported } from '../site/supported.ts';
import { spaceOf } from '../space/space-of.ts';
import { travellersOf } from '../travel/travellers-of.ts';
import { requireUsableRoot } from '../site/usable-root.ts';
import { requireBranchOnOrigin } from '../workspace/base-commit.ts';
import { newestKnown } from '../workspace/newest-known.ts';
import { targetBranch } from '@ralph/protocol/process/target-branch';

/** `ralph-worker preflight`: what a run needs here, checked in the order in which a person would mend it. */
export async function run(call: Call<typeof PREFLIGHT_OPTIONS>): Promise<Result> {
  const { args, command } = call;
  endGitWith(call.stop.signal);
  if (args.report || args.survey) {
    const { workerReport } = await import('../report/worker-report.ts');
    return findingsResult(await workerReport(call));
  }
  const { root } = findGitRepository(args.repo);
  const branch = await targetBranch(root, args['target-branch']);
  const site = await openSite(args);
  readSetupOptions(call.program, site, args, undefined);
  await openSandbox(sandboxRequest(call, site));
  rateLimitPattern(call.program, args['rate-limit']);
  const origin = await readOrigin(site.repo);
  const { localConfig } = origin;
  await requireBranchOnOrigin(root, origin, branch);
  await requireSupported(call, site, localConfig);
  await travellersOf(call, site);
  const takeBack = requireUsableRoot(site.root);
  try {
    await spaceOf(args, site, localConfig).reserve(await newestKnown(root, branch));
  } finally {
    takeBack();
  }
  if (namesAgent(args, command)) stepsFor(readAgentPlan(call.program, args, command));
  readTemplates(root);
  const record = { target_branch: branch, workspace_root: site.root, repo_root: root };
  return { record, text: `ready: work starts from ${branch}, in ${site.root}\n` };
}
