import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { trySoughtRecords } from '../workspace/git-records.ts';
import { commitAt, inWorkspace, tryWorkspaceGit, workspaceGit } from '../workspace/workspace-git.ts';

const GITLINK_MODE = '160000';
const GITLINKS = { separator: '\0', begins: `${GITLINK_MODE} ` } as const;

/**
 * Returns why the repositories inside a workspace keep its work from being finished: one that no `.gitmodules` names,
 * or one at a commit that none of its remotes has, would land as a pointer to nothing. Only those that changed since
 * the base count.
 */
export async function unfinishedGitlink(workspace: string, baseCommit: string): Promise<string | undefined> {
  const changed = await changedGitlinks(workspace, baseCommit);
  if (changed.length === 0) return undefined;
  const named = await namedSubmodules(workspace);
  for (const path of changed) {
    if (!named.has(path)) return `a git repository of its own in ${path}, which no .gitmodules names`;
    if (isPopulated(workspace, path) && (await hasOwnCommits(workspace, path, baseCommit))) {
      return `commits in the submodule ${path} that none of its remotes has`;
    }
  }
  return undefined;
}

/**
 * Returns what would be lost with a workspace in the repositories inside it that it only points to: their edits, and
 * commits that none of their remotes has. Nothing when all of it is elsewhere.
 */
export async function unsavedGitlink(workspace: string, baseCommit: string | undefined): Promise<string | undefined> {
  for (const path of await populatedGitlinks(workspace)) {
    const status = await tryWorkspaceGit(join(workspace, path), ['status', '--porcelain', '--ignore-submodules=none']);
    if (status.exitCode !== 0) return `${path} is a git repository of its own that cannot be read`;
    if (status.stdout !== '') return `${path} is a git repository of its own with edits`;
    if (await hasOwnCommits(workspace, path, baseCommit)) {
      return `${path} is a git repository of its own with commits that none of its remotes has`;
    }
  }
  return undefined;
}

async function changedGitlinks(workspace: string, baseCommit: string): Promise<string[]> {
  const text = await workspaceGit(workspace, [
    'diff-index',
    '-z',
    '--no-renames',
    '--ignore-submodules=dirty',
    baseCommit,
    '--',
  ]);
  const fields = text.split('\0');
  return fields.flatMap((field, index) =>
    field.startsWith(':') && field.split(' ')[1] === GITLINK_MODE ? [fields[index + 1] ?? ''] : [],
  );
}

async function namedSubmodules(workspace: string): Promise<ReadonlySet<string>> {
  const args = [
    'config',
    '-z',
    '--file',
    join(workspace, '.gitmodules'),
    '--get-regexp',
    String.raw`^submodule\..*\.path$`,
  ];
  const { stdout } = await tryWorkspaceGit(workspace, args);
  return new Set(stdout.split('\0').map((entry) => entry.slice(entry.indexOf('\n') + 1)));
}

/** A workspace that git cannot read has no index to ask. */
async function populatedGitlinks(workspace: string): Promise<string[]> {
  const paths: string[] = [];
  const args = ['ls-files', '--stage', '-z'];
  // Most repositories have none among thousands of files.
  const { exitCode } = await trySoughtRecords(args, inWorkspace(workspace), GITLINKS, (entry) => {
    const path = entry.slice(entry.indexOf('\t') + 1);
    if (isPopulated(workspace, path)) paths.push(path);
  });
  return exitCode === 0 ? paths : [];
}

function isPopulated(workspace: string, path: string): boolean {
  return existsSync(join(workspace, path, '.git'));
}

/** The commit that the base names is not the agent's, whether a branch of the remote still has it or not. */
async function hasOwnCommits(workspace: string, path: string, baseCommit: string | undefined): Promise<boolean> {
  const inside = join(workspace, path);
  const named = baseCommit === undefined ? undefined : await commitNamedBy(workspace, baseCommit, path);
  const known = named !== undefined && (await commitAt(inside, named)) !== undefined ? [`^${named}`] : [];
  const args = ['rev-list', '-n', '1', 'HEAD', '--branches', '--glob=refs/stash', ...known, '--not', '--remotes'];
  const { exitCode, stdout } = await tryWorkspaceGit(inside, args);
  return exitCode !== 0 || stdout !== '';
}

async function commitNamedBy(workspace: string, baseCommit: string, path: string): Promise<string | undefined> {
  const { stdout } = await tryWorkspaceGit(workspace, ['--literal-pathspecs', 'ls-tree', '-z', baseCommit, '--', path]);
  const [mode, , id] = stdout.split(/[ \t]/);
  return mode === GITLINK_MODE ? id : undefined;
}
