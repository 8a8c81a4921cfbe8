import { lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { git, tryGit } from '@ralph/protocol/process/git';
import { isFolder } from '@ralph/protocol/process/git-run';
import { branchInHead } from '../workspace/workspace.ts';
import { commitInFile } from '@ralph/protocol/process/loose-ref';
import type { Bench } from '../site/bench.ts';
import { targetName, trackingRef, type Settings } from '../site/settings.ts';
import { fetchTarget, isInHistory, type FetchEnd } from '../push/target.ts';

/** No more files than this are named. */
const MOST_NAMED = 5;

/**
 * Brings the user's checkout forward to the target branch, since the queue file in it has just changed there; only
 * when the branch is checked out, strictly behind, and none of the user's edits are in the way.
 *
 * @param landed the commit that is on the target branch now
 * @param note is told why it was left where it is
 */
export async function updateCheckout(bench: Bench, landed: string, note: (what: string) => void): Promise<void> {
  const { settings, lastCall } = bench;
  const { root, targetBranch } = settings;
  const { branch, at, known } = await whereabouts(settings);
  if (branch !== `refs/heads/${targetBranch}`) return;
  const pull = commandLine(['git', '-C', root, 'pull']);
  // Who saw the landing has asked the remote a moment ago.
  const isNew = known !== undefined && (await isInHistory(bench, landed, known));
  const end: FetchEnd = isNew ? { kind: 'fetched', commit: known } : await fetchTarget(settings, lastCall);
  if (end.kind !== 'fetched') return note(`your checkout is not updated: ${end.words}; next: ${pull}`);
  const head = at ?? (await git(['rev-parse', 'HEAD'], { cwd: root })).trim();
  if (head === end.commit) return;
  if (!(await isInHistory(bench, head, end.commit)))
    return note(`your checkout has commits that ${targetName(settings)} has not: it is left as it is; next: ${pull}`);
  const why = await bringForward(settings, head, end.commit);
  if (why === undefined) return;
  const halfWay = await standingOn(root, head, end.commit);
  if (halfWay === undefined) return note(`your checkout is left as it is: ${why}${pull}`);
  const args = ['-m', 'ralph-integrate: fast-forward', `refs/heads/${targetBranch}`, halfWay, head];
  await git(['update-ref', ...args], { cwd: root });
  const still = halfWay === end.commit ? undefined : await bringForward(settings, halfWay, end.commit);
  if (still !== undefined) note(`your checkout is left as it is: ${still}${pull}`);
}

interface Whereabouts {
  /** That is checked out; empty when none is. */
  readonly branch: string;
  readonly at: string | undefined;
  /** Where the target branch was seen last. */
  readonly known: string | undefined;
}

async function whereabouts(settings: Settings): Promise<Whereabouts> {
  const { root } = settings;
  const tracking = trackingRef(settings);
  const gitDir = join(root, '.git');
  // In a linked worktree this is a file, and git is asked.
  const branch = isFolder(gitDir) ? branchInHead(gitDir) : undefined;
  const [at, known] = branch === undefined ? [] : [commitInFile(gitDir, branch), commitInFile(gitDir, tracking)];
  if (branch !== undefined && at !== undefined && known !== undefined) return { branch, at, known };
  const { stdout } = await tryGit(['symbolic-ref', '--quiet', 'HEAD'], { cwd: root });
  const read = await tryGit(['rev-parse', 'HEAD', tracking], { cwd: root });
  const [head, target] = read.exitCode === 0 ? read.stdout.split('\n') : [];
  return { branch: stdout.trim(), at: head, known: target };
}

/** Returns why it could not be done, and what to do before the next command. */
async function bringForward(settings: Settings, head: string, target: string): Promise<string | undefined> {
  const { root } = settings;
  const inTheWay = await firstInTheWay(root, head, target);
  if (inTheWay !== undefined) return `${inTheWay} would be overwritten; move it away, then: `;
  const settled = ['-c', 'core.hooksPath=/dev/null', '-c', 'merge.autoStash=false'];
  const merge = await tryGit([...settled, 'merge', '--quiet', '--ff-only', trackingRef(settings)], { cwd: root });
  return merge.exitCode === 0 ? undefined : `${mergeWords(merge.stderr)}; then: `;
}

/**
 * Returns the commit on the way to the target on which index and files stand already: a git of ours that was killed had
 * only the branch left to move.
 */
async function standingOn(root: string, head: string, target: string): Promise<string | undefined> {
  const edits = await tryGit(['diff', '--quiet'], { cwd: root });
  if (edits.exitCode !== 0) return undefined;
  const { stdout, exitCode } = await tryGit(['write-tree'], { cwd: root });
  if (exitCode !== 0) return undefined;
  const way = await git(['log', '--format=%T %H', `${head}..${target}`], { cwd: root });
  const tree = `${stdout.trim()} `;
  return way
    .split('\n')
    .find((line) => line.startsWith(tree))
    ?.slice(tree.length);
}

/** Git names the files that are in the way in lines of their own. */
function mergeWords(stderr: string): string {
  const files = stderr.split('\n').flatMap((line) => (line.startsWith('\t') ? [line.trim()] : []));
  if (files.length === 0) return stderr.trim().split('\n')[0] ?? '';
  const more = files.length > MOST_NAMED ? ` and ${files.length - MOST_NAMED} more` : '';
  return `your edits of ${files.slice(0, MOST_NAMED).join(', ')}${more} would be overwritten; commit or discard them`;
}

/** Git itself overwrites what is ignored, so it is not asked: nothing may stand where a path is new. */
async function firstInTheWay(root: string, head: string, target: string): Promise<string | undefined> {
  const args = ['diff', '--name-status', '--no-renames', '--diff-filter=AD', '-z', head, target];
  // Letter and path in turn.
  const words = (await git(args, { cwd: root })).split('\0');
  const changed = (letter: string) => words.filter((_path, index) => index % 2 === 1 && words[index - 1] === letter);
  const removed = new Set(changed('D'));
  const isTaken = (path: string, asFolder: boolean) => {
    const found = lstatSync(join(root, path), { throwIfNoEntry: false });
    return found !== undefined && !removed.has(path) && !(asFolder && found.isDirectory());
  };
  for (const path of changed('A')) {
    if (isTaken(path, false)) return path;
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      if (isTaken(folder, true)) return folder;
    }
  }
  return undefined;
}
