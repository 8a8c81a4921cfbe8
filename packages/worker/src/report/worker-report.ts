import type { Call } from '@ralph/protocol/cli/program';
import type { PreflightFinding } from '@ralph/protocol/contract/preflight-report';
import { reportSandbox } from '@ralph/protocol/process/report-sandbox';
import { checked, unchecked } from '@ralph/protocol/process/findings';
import { findGitRepository, type Repository } from '@ralph/protocol/process/repository';
import { targetBranch } from '@ralph/protocol/process/target-branch';
import type { PREFLIGHT_OPTIONS } from '../options.ts';
import { namesAgent, readAgentPlan } from '../agent/read-agent-plan.ts';
import { readTemplates } from '../prompt/read-templates.ts';
import { rateLimitPattern } from '../run/rate-limit.ts';
import { readSetupOptions } from '../setup/read-setup-options.ts';
import { requireIdentity } from '../site/identity.ts';
import { lfsWarning } from '../site/lfs.ts';
import { readOrigin, type Origin } from '../site/origin.ts';
import { requireSigning } from '../site/signing.ts';
import { sandboxRequest } from '../site/sandbox-request.ts';
import { openSite, type Site } from '../site/site.ts';
import { readCopyPatterns } from '../travel/copy-patterns.ts';
import { findTravellers } from '../travel/travellers.ts';
import { requireBranchOnOrigin } from '../workspace/base-commit.ts';
import { reportAgents, reportKnown } from './agents.ts';
import { requireClean } from './clean.ts';
import { reportRoom } from './room.ts';
import { surveyRepository } from './survey.ts';

type PreflightCall = Call<typeof PREFLIGHT_OPTIONS>;

/**
 * Returns every check of a run, made side by side, whatever the others say. With `--survey` nothing is made, not even
 * for a moment, and what stops no run is told, too.
 *
 * @throws Failure `not_a_repository`, `usage`
 */
export async function workerReport(call: PreflightCall): Promise<PreflightFinding[]> {
  const { args, command } = call;
  const repo = findGitRepository(args.repo);
  rateLimitPattern(call.program, args['rate-limit']);
  const agents = namesAgent(args, command) ? readAgentPlan(call.program, args, command) : undefined;
  const parts = await Promise.all([
    reportFiles(repo),
    reportRoot(call),
    reportOrigin(repo, args['target-branch']),
    agents === undefined ? reportKnown(args.survey) : reportAgents(agents, args.survey),
    reportTemplates(repo),
    args.survey ? surveyRepository(repo) : [],
  ]);
  return parts.flat();
}

async function reportFiles(repo: Required<Repository>): Promise<PreflightFinding[]> {
  const { root } = repo;
  const found = await Promise.all([
    checked(
      'clean',
      () => requireClean(root),
      () => 'nothing waits to be committed',
    ),
    checked(
      'identity',
      () => requireIdentity({ cwd: root }),
      () => 'git knows who commits',
    ),
    checked(
      'lfs',
      () => lfsWarning(root),
      (warning) => (warning === undefined ? 'workspaces hold whole files' : { level: 'warning', message: warning }),
    ),
  ]);
  return found.map(({ finding }) => finding);
}

async function reportTemplates({ root }: Required<Repository>): Promise<PreflightFinding[]> {
  const look = () => readTemplates(root);
  return [(await checked('prompts', look, () => 'the templates of prompts are well')).finding];
}

async function reportRoot(call: PreflightCall): Promise<PreflightFinding[]> {
  const opened = await checked(
    'workspace_root',
    () => openSite(call.args),
    ({ root }) => ({ message: `workspaces are made in ${root}`, facts: { workspace_root: root } }),
  );
  const site = opened.value;
  // What is wrong with the call itself is no finding.
  if (site !== undefined) readSetupOptions(call.program, site, call.args, undefined);
  const because = 'workspace_root';
  if (site === undefined)
    return [opened.finding, unchecked('travelling_files', because), unchecked('disk_space', because)];
  const [room, travel, box] = await Promise.all([
    reportRoom(call.args, site),
    reportTravel(call, site),
    reportSandbox(sandboxRequest(call, site)),
  ]);
  // A root that cannot be written is no better than one that may not be used.
  const rooms = room.check === because ? [room, unchecked('disk_space', because)] : [opened.finding, room];
  return [...rooms, travel, ...box];
}

async function reportTravel({ args, stop }: PreflightCall, site: Site): Promise<PreflightFinding> {
  const { finding } = await checked(
    'travelling_files',
    () => findTravellers(site, readCopyPatterns(args.copy), stop.signal),
    ({ files, warnings }) =>
      warnings.length > 0
        ? { level: 'warning', message: warnings.join('\n') }
        : { message: `files that are not tracked and go into each workspace: ${files.length}` },
  );
  return finding;
}

async function reportOrigin(repo: Required<Repository>, chosen: string | undefined): Promise<PreflightFinding[]> {
  const [origin, branch] = await Promise.all([
    checked(
      'origin',
      () => readOrigin(repo),
      () => 'there is a remote named origin',
    ),
    checked(
      'branch',
      () => targetBranch(repo.root, chosen),
      (name) => ({ message: `work starts from ${name}`, facts: { target_branch: name } }),
    ),
  ]);
  const found = [origin.finding, branch.finding];
  const from = origin.value;
  if (from === undefined) return [...found, unchecked('signing', 'origin'), unchecked('target', 'origin')];
  return [...found, ...(await Promise.all([reportSigning(repo, from), reportTarget(repo.root, from, branch.value)]))];
}

async function reportSigning(repo: Required<Repository>, { localConfig }: Origin): Promise<PreflightFinding> {
  const look = () => requireSigning(repo, localConfig);
  return (await checked('signing', look, () => 'commits can be made with nobody at the keyboard')).finding;
}

async function reportTarget(root: string, origin: Origin, branch: string | undefined): Promise<PreflightFinding> {
  if (branch === undefined) return unchecked('target', 'branch');
  const look = () => requireBranchOnOrigin(root, origin, branch);
  return (await checked('target', look, () => `origin has the branch ${branch}`)).finding;
}
