import { carriesTaskId, withTaskId } from './task-id-trailer.ts';
import { commitAt, tryWorkspaceGit, workspaceGit } from '../workspace/workspace-git.ts';

/** The commits of an agent: those of its head that are neither in the base nor on the target branch of origin. */
export interface OwnRange {
  readonly workspace: string;
  readonly branch: string;
  readonly base: string;
  readonly head: string;
}

interface Commit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly tree: string;
  readonly env: Readonly<Record<string, string>>;
  readonly message: string;
}

// The body comes last, since it may hold any character but NUL.
const FIELDS = ['%H', '%P', '%T', '%an', '%ae', '%ad', '%cn', '%ce', '%cd', '%B'];

/**
 * Sees to it that every commit of the agent's own names its task: a message that does not gets a trailer. Such a
 * commit and those on top of it are made anew with the same tree, people and dates. Index and files are not touched.
 *
 * @returns the newest commit, on which nothing stands yet, and how many there are
 */
export async function labelCommits(range: OwnRange, taskId: string): Promise<{ head: string; commits: number }> {
  const { workspace, head } = range;
  const renamed = new Map<string, string>();
  const own = await ownCommits(range);
  for (const commit of own) {
    const parents = commit.parents.map((parent) => renamed.get(parent) ?? parent);
    const named = carriesTaskId(commit.message, taskId);
    if (named && parents.every((parent, index) => parent === commit.parents[index])) continue;
    const message = named ? commit.message : withTaskId(commit.message, taskId);
    renamed.set(commit.id, await makeCommit(workspace, { ...commit, parents, message }));
  }
  return { head: renamed.get(head) ?? head, commits: own.length };
}

/** Returns how many commits are the agent's own. */
export async function countOwnCommits(range: OwnRange): Promise<number> {
  return Number(await workspaceGit(range.workspace, ['rev-list', '--count', ...(await ownRevisions(range))]));
}

/**
 * Returns the arguments that name the agent's own commits. What is on another branch of origin counts: an agent may have pushed its own there, and it
 * has still to land.
 */
export async function ownRevisions({ workspace, branch, base, head }: OwnRange): Promise<string[]> {
  const landed = await commitAt(workspace, `refs/remotes/origin/${branch}`);
  return [head, '--not', base, ...(landed === undefined ? [] : [landed])];
}

async function ownCommits(range: OwnRange): Promise<Commit[]> {
  const order = ['--reverse', '--topo-order', '--date=raw', '--encoding=UTF-8', '--no-show-signature'];
  const args = ['log', '-z', ...order, `--format=${FIELDS.join('%n')}`, ...(await ownRevisions(range))];
  const text = await workspaceGit(range.workspace, args);
  return text
    .split('\0')
    .filter((record) => record !== '')
    .map(readCommit);
}

function readCommit(record: string): Commit {
  const lines = record.split('\n');
  const [id = '', parents = '', tree = '', an = '', ae = '', ad = '', cn = '', ce = '', cd = ''] = lines;
  return {
    id,
    tree,
    parents: parents.split(' ').filter((parent) => parent !== ''),
    env: {
      GIT_AUTHOR_NAME: an,
      GIT_AUTHOR_EMAIL: ae,
      GIT_AUTHOR_DATE: `@${ad}`,
      GIT_COMMITTER_NAME: cn,
      GIT_COMMITTER_EMAIL: ce,
      GIT_COMMITTER_DATE: `@${cd}`,
    },
    message: lines.slice(FIELDS.length - 1).join('\n'),
  };
}

async function makeCommit(workspace: string, commit: Commit): Promise<string> {
  const signing = await tryWorkspaceGit(workspace, ['config', '--type=bool', 'commit.gpgsign']);
  const flags = signing.stdout.trim() === 'true' ? ['-S'] : [];
  const args = ['commit-tree', ...flags, commit.tree, ...commit.parents.flatMap((parent) => ['-p', parent])];
  return (await workspaceGit(workspace, args, { env: commit.env, input: commit.message })).trim();
}
