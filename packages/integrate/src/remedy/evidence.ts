import type { Job } from '../candidate/job.ts';
import { filesInConflict } from '../prepare/rebase.ts';
import { isAncestor } from '../push/target.ts';
import { filesWithMarkers } from './markers.ts';
import { droppedFiles, hasSurvivor, placesOf, type Changes, type Evidence } from './proof.ts';
import { standingOf } from '../workspace/standing.ts';
import { headOf } from '../workspace/workspace.ts';
import { git, tryGit } from '../workspace/workspace-git.ts';

const LIMIT_MS = 600_000;
/** Of files that are longer, only whether they differ is looked at. */
const LONGEST_FILE = 2 ** 20;
/** No more files in conflict are looked at line by line. */
const MOST_FILES = 200;

export interface Span {
  /** The commit of the target that the work was to stand on. */
  readonly onto: string;
  /** Every file that was in conflict on the way. */
  readonly files: readonly string[];
  /** What was red; nothing after a conflict. */
  readonly red: string | undefined;
}

/** Collects what is to be known of a workspace in which a resolver has ended well and nothing is in progress. */
export async function gatherEvidence(job: Job, { onto, files, red }: Span): Promise<Evidence> {
  const { workspace, tip } = job;
  const cwd = workspace.path;
  const head = await headOf(workspace);
  const base = (await git(['merge-base', onto, tip], { cwd })).trim();
  const changes: Changes = {
    byTask: await differing(cwd, base, tip),
    taskFromTarget: await differing(cwd, onto, tip),
    resultFromTarget: await differing(cwd, onto, head),
    renames: [...(await renamesOf(cwd, base, tip)), ...(await renamesOf(cwd, base, onto))],
  };
  const dropped = new Set(droppedFiles(changes));
  for (const file of files.slice(0, MOST_FILES)) {
    const places = placesOf(file, changes.renames);
    if (changes.byTask.has(file) && !(await someLineSurvives(cwd, { file, places, base, tip, onto, head })))
      dropped.add(file);
  }
  return {
    unmerged: await filesInConflict(workspace),
    marked: await filesWithMarkers(workspace, { sides: [onto, tip], result: head }),
    edited: (await standingOf(workspace)).changed,
    isOnTarget: await isAncestor(cwd, onto, head),
    isEmpty: changes.resultFromTarget.size === 0,
    isUnchanged: red !== undefined && (await treeOf(cwd, red)) === (await treeOf(cwd, head)),
    dropped: [...dropped],
  };
}

async function treeOf(cwd: string, commit: string): Promise<string> {
  return (await git(['rev-parse', `${commit}^{tree}`], { cwd })).trim();
}

async function differing(cwd: string, from: string, to: string): Promise<Set<string>> {
  const args = ['diff-tree', '-r', '-z', '--no-renames', '--name-only', from, to];
  const out = await git(args, { cwd, limitMs: LIMIT_MS });
  return new Set(out.split('\0').filter((name) => name !== ''));
}

async function renamesOf(cwd: string, from: string, to: string): Promise<[string, string][]> {
  const args = ['diff-tree', '-r', '-z', '-M', '--diff-filter=R', '--name-status', from, to];
  const fields = (await git(args, { cwd, limitMs: LIMIT_MS })).split('\0');
  const pairs: [string, string][] = [];
  for (let index = 0; index + 2 < fields.length; index += 3)
    pairs.push([fields[index + 1] ?? '', fields[index + 2] ?? '']);
  return pairs;
}

interface FileSpan {
  readonly file: string;
  readonly places: readonly string[];
  readonly base: string;
  readonly tip: string;
  readonly onto: string;
  readonly head: string;
}

async function someLineSurvives(cwd: string, { file, places, base, tip, onto, head }: FileSpan): Promise<boolean> {
  const linesAt = async (commit: string) => {
    const lines = await Promise.all(places.map((place) => linesOf(cwd, commit, place)));
    return lines.includes(undefined) ? undefined : new Set(lines.flatMap((some) => some ?? []));
  };
  // What is no file there, as a submodule, has no lines.
  const type = await tryGit(['cat-file', '-t', `${tip}:${file}`], { cwd });
  if (type.stdout.trim() !== 'blob' || (await linesAt(tip)) === undefined) return true;
  const [target, result] = [await linesAt(onto), await linesAt(head)];
  if (target === undefined || result === undefined) return true;
  const plain = ['--no-ext-diff', '--no-textconv', '--no-renames', '--unified=0'];
  const args = ['--literal-pathspecs', 'diff-tree', '-r', '-p', ...plain, base, tip, '--', file];
  const added = (await git(args, { cwd }))
    .split('\n')
    .filter((line) => line.startsWith('+') && !line.startsWith('+++ '));
  return hasSurvivor(
    added.map((line) => line.slice(1)),
    target,
    result,
  );
}

/** Returns the lines of a file without the space around them; none where there is no file, nothing when it is too long. */
async function linesOf(cwd: string, commit: string, file: string): Promise<string[] | undefined> {
  const name = `${commit}:${file}`;
  const size = await tryGit(['cat-file', '-s', name], { cwd });
  if (size.exitCode !== 0) return [];
  if (Number(size.stdout) > LONGEST_FILE) return undefined;
  const { exitCode, stdout } = await tryGit(['cat-file', 'blob', name], { cwd });
  return exitCode === 0 ? stdout.split('\n').map((line) => line.trim()) : [];
}
