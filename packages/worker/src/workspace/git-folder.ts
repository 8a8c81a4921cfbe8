import { availableParallelism } from 'node:os';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RUNTIME_PATTERNS, SECRET_EXAMPLES, SECRET_PATTERNS } from '@ralph/protocol/contract/paths';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { alternatesText } from '@ralph/protocol/process/borrowed-objects';
import { configText } from './repository-config.ts';
import { workspaceEntries } from './workspace-config.ts';
import type { Site } from '../site/site.ts';
import { workspaceGit } from './workspace-git.ts';
import { writeMarker } from './workspace-marker.ts';
import type { WorkspacePlan } from './workspace-plan.ts';

/** A checkout waits for the disk as well as for the processor (24,000 files, two cores: 1.0 s alone, 0.6 s by four). */
const WORKERS = 4;

/** Files below which the start of a worker takes longer than what it would write; git's own limit is 100. */
const FEWEST = 1000;

/** Checkouts of this process that run side by side. */
let running = 0;

/** Several checkouts share what one alone may have. */
function workersFor(checkouts: number): number {
  return Math.max(1, Math.floor(Math.max(WORKERS, availableParallelism()) / checkouts));
}

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
 * and no index yet. There must be none in the folder. It is written as `git init` and `git update-ref` would write it:
 * each git less is some milliseconds less, which counts where a workspace is small.
 *
 * @throws what of the file system
 */
export function makeGitFolder(site: Site, plan: WorkspacePlan, folder: string): void {
  const { origin, branch, baseCommit } = plan;
  const { root, gitDir } = site.repo;
  const dotGit = join(folder, '.git');
  const tracking = join(dotGit, 'refs/remotes/origin', branch);
  for (const path of ['objects/info', 'info', 'refs/heads']) mkdirSync(join(dotGit, path), { recursive: true });
  mkdirSync(dirname(tracking), { recursive: true });
  writeFileSync(join(dotGit, 'HEAD'), `ref: refs/heads/${branch}\n`);
  writeFileSync(tracking, `${baseCommit}\n`);
  writeFileSync(join(dotGit, 'objects/info/alternates'), alternatesText(join(gitDir, 'objects')));
  for (const name of ['shallow', 'info/sparse-checkout', 'info/attributes'])
    if (existsSync(join(gitDir, name))) cpSync(join(gitDir, name), join(dotGit, name));
  writeFileSync(join(dotGit, 'config'), configText(workspaceEntries(origin, branch)));
  writeFileSync(join(dotGit, 'info/exclude'), excludeText(readTextIfPresent(join(gitDir, 'info/exclude'))));
  writeMarker(folder, {
    task_id: plan.taskId,
    attempt: plan.attempt,
    base_commit: baseCommit,
    target_branch: branch,
    repo_root: root,
    phase: plan.phase,
  });
}

/**
 * Puts HEAD, index and tracked files of a workspace on its base, whatever stands in the way or was changed. Other files
 * that git does not know stay where they are.
 *
 * @throws Failure `git_failed`, also where not every file could be written
 */
export async function checkOutBase(
  folder: string,
  plan: Pick<WorkspacePlan, 'branch' | 'baseCommit' | 'signal'>,
): Promise<void> {
  const workers = [
    '-c',
    `checkout.workers=${workersFor(running + 1)}`,
    '-c',
    `checkout.thresholdForParallelism=${FEWEST}`,
  ];
  // Without --force git ends with 0 when it could not write a file (2.39), and what is missing would be the agent's edit.
  const args = ['checkout', '-q', '--force', '-B', plan.branch, plan.baseCommit];
  running += 1;
  try {
    const options = { signal: plan.signal, limitMs: CHECKOUT_LIMIT_MS };
    await workspaceGit(folder, [...PLAIN_INDEX, ...workers, ...args], options);
  } finally {
    running -= 1;
  }
}

/** What the user ignores without saying so in the tree is ignored in the workspace too, and files of the run always. */
function excludeText(users: string | undefined): string {
  return [users ?? '', ...RUNTIME_PATTERNS, ...SECRET_PATTERNS, ...SECRET_EXAMPLES.map((name) => `!${name}`), ''].join(
    '\n',
  );
}
