import { Failure } from '@ralph/protocol/contract/failure';
import { git, type GitOptions } from '@ralph/protocol/process/git';
import { forbiddenPathspecs } from '@ralph/protocol/contract/forbidden-files';

const LIMIT_MS = 600_000;

/**
 * Stages everything that differs from a tree and is not ignored, and takes out again what no commit of ours may add: a
 * changed `.env` goes in when the tree has it already, a new one never does.
 *
 * @param where may name another index, so that the workspace's own stays as it is
 */
export async function stageEdits(where: GitOptions, tree: string): Promise<void> {
  // A sparse workspace may hold new files beside those that it was given.
  await git(['add', '-A', '--sparse', '--', '.'], { ...where, limitMs: LIMIT_MS });
  await unstageForbidden(where, tree);
}

/**
 * Takes out of the index what no commit of ours may add to a tree, whoever staged it.
 *
 * @throws Failure `git_failed` also when something of it is still there
 */
export async function unstageForbidden(where: GitOptions, tree: string): Promise<void> {
  const forbidden = await forbiddenAdditions(where, tree);
  if (forbidden === '') return;
  const remove = ['rm', '--cached', '-f', '-q', '--ignore-unmatch', '--pathspec-from-file=-'];
  await git(['--literal-pathspecs', ...remove], { ...where, input: forbidden });
  const left = await forbiddenAdditions(where, tree);
  if (left === '') return;
  throw new Failure('git_failed', `cannot keep these out of a commit in ${where.cwd}: ${left.trim()}`, {
    hint: `try it by hand: git -C ${where.cwd} rm --cached`,
  });
}

/** One name per line, quoted by git: a name that is not UTF-8 would not survive the way through a string of ours. */
function forbiddenAdditions(where: GitOptions, tree: string): Promise<string> {
  const added = ['diff-index', '--cached', '--name-only', '--no-renames', '--diff-filter=A', tree, '--'];
  return git(['-c', 'core.quotePath=true', ...added, ...forbiddenPathspecs()], where);
}

/** Takes files out of the index again that a tree has not, by their names as git quotes them. */
export async function unstageAdded(where: GitOptions, tree: string, names: ReadonlySet<string>): Promise<void> {
  const args = ['diff-index', '--cached', '--name-only', '--no-renames', '--diff-filter=A', tree, '--'];
  const added = (await git(['-c', 'core.quotePath=true', ...args], where)).split('\n');
  const left = added.filter((name) => name !== '' && names.has(name));
  if (left.length === 0) return;
  const remove = ['rm', '--cached', '-f', '-q', '--ignore-unmatch', '--pathspec-from-file=-'];
  await git(['--literal-pathspecs', ...remove], { ...where, input: `${left.join('\n')}\n` });
}
