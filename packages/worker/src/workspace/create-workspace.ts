import { appendFileSync, cpSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asIoFailure } from '@ralph/protocol/contract/failure';
import { RUNTIME_PATTERNS, SECRET_EXAMPLES, SECRET_PATTERNS } from '@ralph/protocol/contract/paths';
import { git } from '@ralph/protocol/process/git';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { alternatesText } from './borrowed-objects.ts';
import { makeDraft, removeDraft, workspaceIn, type Draft } from './draft-folder.ts';
import type { Origin } from '../site/origin.ts';
import { configText, lfsEntries, sharedEntries, type ConfigEntry } from './repository-config.ts';
import type { Site } from '../site/site.ts';
import { bringTravellers } from '../travel/bring-travellers.ts';
import type { Traveller } from '../travel/traveller.ts';
import { fillSubmodules } from './submodules.ts';
import { workspaceGit } from './workspace-git.ts';
import { writeMarker, type WorkspaceMarker } from './workspace-marker.ts';

const CHECKOUT_LIMIT_MS = 600_000;

export interface WorkspacePlan {
  readonly taskId: string;
  readonly attempt: number;
  readonly path: string;
  readonly branch: string;
  readonly baseCommit: string;
  readonly origin: Origin;
  readonly travellers: readonly Traveller[];
  readonly signal: AbortSignal;
  readonly phase: WorkspaceMarker['phase'];
}

/**
 * Makes a workspace: a repository of its own with its own refs, settings, index and stash, that borrows the objects of
 * the user's repository. It is built beside its place and renamed into it, so that a crash never leaves half of one
 * there. Nothing may stand at its path.
 *
 * @throws Failure `git_failed`, `travel_refused`, `workspace_unsupported`, or of the file system; nothing is left then
 */
export async function createWorkspace(site: Site, plan: WorkspacePlan): Promise<void> {
  const draft = draftOf(site, plan);
  try {
    await build(site, plan, workspaceIn(draft));
    renameSync(workspaceIn(draft), plan.path);
  } catch (error) {
    throw asIoFailure(error, `make the workspace ${plan.path}`);
  } finally {
    await removeDraft(draft);
  }
}

function draftOf(site: Site, plan: WorkspacePlan): Draft {
  try {
    return makeDraft(site, plan.taskId);
  } catch (error) {
    throw asIoFailure(error, `make the workspace ${plan.path}`);
  }
}

async function build(site: Site, plan: WorkspacePlan, draft: string): Promise<void> {
  const { origin, branch, baseCommit } = plan;
  const { root, gitDir } = site.repo;
  const format = origin.localConfig.find(({ key }) => key === 'extensions.objectformat')?.value ?? 'sha1';
  await git(['init', '-q', '--template=', `--object-format=${format}`, '-b', branch, draft], { cwd: root });
  const dotGit = join(draft, '.git');
  mkdirSync(join(dotGit, 'objects/info'), { recursive: true });
  mkdirSync(join(dotGit, 'info'), { recursive: true });
  writeFileSync(join(dotGit, 'objects/info/alternates'), alternatesText(join(gitDir, 'objects')));
  for (const name of ['shallow', 'info/sparse-checkout'])
    if (existsSync(join(gitDir, name))) cpSync(join(gitDir, name), join(dotGit, name));
  appendFileSync(
    join(dotGit, 'config'),
    configText([
      ...originEntries(origin, branch),
      ...sharedEntries(origin.localConfig),
      ...(await lfsEntries(site.repo)),
    ]),
  );
  writeFileSync(join(dotGit, 'info/exclude'), excludeText(readTextIfPresent(join(gitDir, 'info/exclude'))));
  writeMarker(draft, {
    task_id: plan.taskId,
    attempt: plan.attempt,
    base_commit: baseCommit,
    target_branch: branch,
    repo_root: root,
    phase: plan.phase,
  });
  await workspaceGit(draft, ['update-ref', `refs/remotes/origin/${branch}`, baseCommit]);
  await workspaceGit(draft, ['checkout', '-q', '-B', branch, baseCommit], {
    signal: plan.signal,
    limitMs: CHECKOUT_LIMIT_MS,
  });
  await fillSubmodules(root, draft, plan.signal);
  await bringTravellers(site, plan.travellers, draft);
}

function originEntries(origin: Origin, branch: string): ConfigEntry[] {
  return [
    { key: 'remote.origin.url', value: origin.fetchUrl },
    ...origin.pushUrls.map((value) => ({ key: 'remote.origin.pushurl', value })),
    { key: 'remote.origin.fetch', value: '+refs/heads/*:refs/remotes/origin/*' },
    { key: `branch.${branch}.remote`, value: 'origin' },
    { key: `branch.${branch}.merge`, value: `refs/heads/${branch}` },
  ];
}

/** What the user ignores without saying so in the tree is ignored in the workspace too, and files of the run always. */
function excludeText(users: string | undefined): string {
  return [users ?? '', ...RUNTIME_PATTERNS, ...SECRET_PATTERNS, ...SECRET_EXAMPLES.map((name) => `!${name}`), ''].join(
    '\n',
  );
}
