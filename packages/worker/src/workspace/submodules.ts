import { appendFileSync, existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, isFailure } from '@ralph/protocol/contract/failure';
import { git } from '@ralph/protocol/process/git';
import { alternatesText } from '@ralph/protocol/process/borrowed-objects';
import { configText, sharedEntries } from './repository-config.ts';
import { tryWorkspaceGit, workspaceGit } from './workspace-git.ts';
import { readOrigin, type Origin } from '../site/origin.ts';
import { kindAt } from '../site/workspace-path.ts';
import { isWithin } from '../site/workspace-root.ts';

const LIMIT_MS = 600_000;

interface Submodule {
  readonly name: string;
  readonly path: string;
  readonly commit: string;
}

/**
 * Fills those submodules of a workspace that are filled in the user's main worktree, from there and, where a commit is
 * missing, from their own origin; the others stay empty, as after a clone.
 *
 * @param home the user's main worktree, or a submodule of it
 * @throws Failure `workspace_unsupported` when a commit is nowhere to be had; `git_failed`
 */
export async function fillSubmodules(home: string, workspace: string, signal: AbortSignal): Promise<void> {
  if (!existsSync(join(workspace, '.gitmodules'))) return;
  for (const submodule of await submodulesOf(workspace)) {
    const from = join(home, submodule.path);
    if (!isFilled(home, from) || kindAt(join(workspace, submodule.path)) !== 'folder') continue;
    await fill(from, workspace, submodule, signal);
    await fillSubmodules(from, join(workspace, submodule.path), signal);
  }
}

/** Those that the index has, with the names that .gitmodules gives them. */
async function submodulesOf(workspace: string): Promise<Submodule[]> {
  const file = ['config', '-z', '--file', join(workspace, '.gitmodules')];
  const named = await tryWorkspaceGit(workspace, [...file, '--get-regexp', String.raw`^submodule\..*\.path$`]);
  const names = new Map(
    named.stdout.split('\0').flatMap((entry) => {
      const [key = '', path] = entry.split('\n');
      return path === undefined ? [] : [[path, key.slice('submodule.'.length, -'.path'.length)]];
    }),
  );
  if (names.size === 0) return [];
  const staged = await workspaceGit(workspace, [
    '--literal-pathspecs',
    'ls-files',
    '-z',
    '--stage',
    '--',
    ...names.keys(),
  ]);
  return staged.split('\0').flatMap((entry) => {
    const [, commit, path = ''] = /^160000 (\S+) 0\t(.*)$/s.exec(entry) ?? [];
    const name = names.get(path);
    return commit === undefined || name === undefined ? [] : [{ name, path, commit }];
  });
}

function isFilled(home: string, from: string): boolean {
  return existsSync(join(from, '.git')) && isWithin(realpathSync(home), realpathSync(from));
}

async function fill(from: string, workspace: string, submodule: Submodule, signal: AbortSignal): Promise<void> {
  const inside = join(workspace, submodule.path);
  const gitDir = (await git(['rev-parse', '--path-format=absolute', '--git-common-dir'], { cwd: from })).trim();
  const origin = await originOf({ root: from, gitDir });
  const format = (await git(['rev-parse', '--show-object-format'], { cwd: from })).trim();
  await git(['init', '-q', '--template=', `--object-format=${format}`, inside], { cwd: workspace });
  const dotGit = join(inside, '.git');
  for (const folder of ['info', 'objects/info']) mkdirSync(join(dotGit, folder), { recursive: true });
  writeFileSync(join(dotGit, 'objects/info/alternates'), alternatesText(join(gitDir, 'objects')));
  if (origin !== undefined) {
    const remote = [
      { key: 'remote.origin.url', value: origin.fetchUrl },
      { key: 'remote.origin.fetch', value: '+refs/heads/*:refs/remotes/origin/*' },
    ];
    appendFileSync(join(dotGit, 'config'), configText([...remote, ...sharedEntries(origin.localConfig)]));
    const active = [
      { key: `submodule.${submodule.name}.active`, value: 'true' },
      { key: `submodule.${submodule.name}.url`, value: origin.fetchUrl },
    ];
    appendFileSync(join(workspace, '.git/config'), configText(active));
  }
  const options = { signal, limitMs: LIMIT_MS };
  await workspaceGit(inside, ['fetch', '-q', '--no-tags', gitDir, '+refs/remotes/*:refs/remotes/*'], options);
  await requireCommit(inside, submodule, signal);
  // As for the workspace: without --force a file that could not be written is no failure.
  await workspaceGit(inside, ['checkout', '-q', '--force', '--detach', submodule.commit], options);
}

/** One that its user made and has not pushed yet has none. */
async function originOf(from: Parameters<typeof readOrigin>[0]): Promise<Origin | undefined> {
  try {
    return await readOrigin(from);
  } catch (error) {
    if (isFailure(error) && error.code === 'no_origin') return undefined;
    throw error;
  }
}

async function requireCommit(inside: string, { path, commit }: Submodule, signal: AbortSignal): Promise<void> {
  const has = await tryWorkspaceGit(inside, ['cat-file', '-e', `${commit}^{commit}`]);
  if (has.exitCode === 0) return;
  const args = ['fetch', '-q', '--no-tags', 'origin', commit, '+refs/heads/*:refs/remotes/origin/*'];
  if ((await tryWorkspaceGit(inside, args, { signal, limitMs: LIMIT_MS })).exitCode === 0) return;
  throw new Failure('workspace_unsupported', `the submodule ${path} is at ${commit}, which its origin does not have`, {
    hint: `push it: git -C ${path} push origin ${commit}:refs/heads/BRANCH`,
    details: { path, commit },
  });
}
