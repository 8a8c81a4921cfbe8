import { commitAt, tryWorkspaceGit, workspaceGit } from '../workspace/workspace-git.ts';

/**
 * Returns the commits of a workspace that nobody else has, each by its newest: of HEAD, of every branch and tag, and of
 * every stash. What origin is known to have, and what is saved already, is left out.
 *
 * @param saved commits of the user's repository that keep work of this task
 */
export async function unsavedTips(workspace: string, saved: readonly string[]): Promise<string[]> {
  const { own, remote } = await refsOf(workspace);
  const head = await commitAt(workspace, 'HEAD');
  const tips = new Set([...(head === undefined ? [] : [head]), ...own, ...(await stashes(workspace))]);
  if (tips.size === 0) return [];
  const input = [...tips, ...[...saved, ...remote].map((commit) => `^${commit}`)].join('\n');
  const listed = await workspaceGit(workspace, ['rev-list', '--ignore-missing', '--stdin'], { input: `${input}\n` });
  const unsaved = new Set(listed.split('\n'));
  const candidates = [...tips].filter((tip) => unsaved.has(tip));
  if (candidates.length < 2) return candidates;
  const independent = await workspaceGit(workspace, ['merge-base', '--independent', ...candidates]);
  return independent.split('\n').filter((line) => line !== '');
}

async function refsOf(workspace: string): Promise<{ own: string[]; remote: string[] }> {
  const format = '%(refname) %(objecttype) %(objectname) %(*objecttype) %(*objectname)';
  const own: string[] = [];
  const remote: string[] = [];
  for (const line of (await workspaceGit(workspace, ['for-each-ref', `--format=${format}`])).split('\n')) {
    const [name = '', type, id = '', peeledType, peeledId = ''] = line.split(' ');
    const commit = type === 'commit' ? id : peeledType === 'commit' ? peeledId : '';
    if (commit === '' || name.startsWith('refs/ralph/')) continue;
    (name.startsWith('refs/remotes/') ? remote : own).push(commit);
  }
  return { own, remote };
}

async function stashes(workspace: string): Promise<string[]> {
  const { exitCode, stdout } = await tryWorkspaceGit(workspace, ['log', '-g', '--format=%H', 'refs/stash', '--']);
  return exitCode === 0 ? stdout.split('\n').filter((line) => line !== '') : [];
}
