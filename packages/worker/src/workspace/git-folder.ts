import { appendFileSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RUNTIME_PATTERNS, SECRET_EXAMPLES, SECRET_PATTERNS } from '@ralph/protocol/contract/paths';
import { git } from '@ralph/protocol/process/git';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import type { Origin } from '../site/origin.ts';
import { alternatesText } from './borrowed-objects.ts';
import { configText, lfsEntries, sharedEntries, type ConfigEntry } from './repository-config.ts';
import type { Site } from '../site/site.ts';
import { workspaceGit } from './workspace-git.ts';
import { writeMarker } from './workspace-marker.ts';
import type { WorkspacePlan } from './workspace-plan.ts';

const CHECKOUT_LIMIT_MS = 600_000;

/**
 * Settings that make the index plain and its stat data trustworthy, whatever the user has chosen for all repositories:
 * the index of our own checkout must tell later what has been changed since, by itself.
 */
export const PLAIN_INDEX: readonly string[] = [
  'core.fsmonitor=false',
  'core.untrackedCache=false',
  'core.splitIndex=false',
  'core.trustctime=true',
  'core.checkStat=default',
].flatMap((setting) => ['-c', setting]);

/**
 * Makes the git folder of a workspace: refs, settings and excludes of its own, the objects of the user's repository,
 * and no index yet. There must be none in the folder.
 *
 * @throws Failure `git_failed`, or of the file system
 */
export async function makeGitFolder(site: Site, plan: WorkspacePlan, folder: string): Promise<void> {
  const { origin, branch, baseCommit } = plan;
  const { root, gitDir } = site.repo;
  const format = origin.localConfig.find(({ key }) => key === 'extensions.objectformat')?.value ?? 'sha1';
  await git(['init', '-q', '--template=', `--object-format=${format}`, '-b', branch, folder], { cwd: root });
  const dotGit = join(folder, '.git');
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
  writeMarker(folder, {
    task_id: plan.taskId,
    attempt: plan.attempt,
    base_commit: baseCommit,
    target_branch: branch,
    repo_root: root,
    phase: plan.phase,
  });
  await workspaceGit(folder, ['update-ref', `refs/remotes/origin/${branch}`, baseCommit]);
}

/**
 * Puts HEAD, index and tracked files of a workspace on its base. Files that git does not know stay where they are.
 *
 * @param how `force` also replaces whatever stands in the way or was changed
 * @throws Failure `git_failed`
 */
export async function checkOutBase(
  folder: string,
  plan: Pick<WorkspacePlan, 'branch' | 'baseCommit' | 'signal'>,
  how: { readonly force: boolean },
): Promise<void> {
  const force = how.force ? ['--force'] : [];
  await workspaceGit(folder, [...PLAIN_INDEX, 'checkout', '-q', ...force, '-B', plan.branch, plan.baseCommit], {
    signal: plan.signal,
    limitMs: CHECKOUT_LIMIT_MS,
  });
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
