import type { Workspace } from '../workspace/workspace.ts';
import { git, tryGit } from '../workspace/workspace-git.ts';

/** A line that only a conflict makes: no heading of `=======`. Nested conflicts have longer ones. */
const MARKER_LINE = '^(<{7,}|>{7,}|[|]{7,})( |\r?$)';

/** No more files than this are looked at more closely. */
const MOST_FILES = 50;
const DIFF_LIMIT_MS = 600_000;

export interface MarkerSpan {
  /** What the target and the task had: a file about conflicts may have such lines. */
  readonly sides: readonly string[];
  /** A commit or tree. */
  readonly result: string;
}

/** Returns the files that have more marker lines in the result than on either side. */
export async function filesWithMarkers({ path: cwd }: Workspace, { sides, result }: MarkerSpan): Promise<string[]> {
  const [first = result] = sides;
  const args = ['diff', '--no-ext-diff', '--no-textconv', '--no-renames', '--name-only', '-z', `-G${MARKER_LINE}`];
  const out = await git([...args, first, result, '--'], { cwd, limitMs: DIFF_LIMIT_MS });
  const candidates = out.split('\0').filter((name) => name !== '');
  const suspects = candidates.slice(0, MOST_FILES);
  if (suspects.length === 0) return [];
  const inResult = await markerLines(cwd, result, suspects);
  const onSides = await Promise.all(sides.map((side) => markerLines(cwd, side, suspects)));
  return suspects.filter((file) => hasMore(inResult.get(file), ...onSides.map((counts) => counts.get(file))));
}

/** Tells whether the result has more marker lines than any side. */
export function hasMore(inResult: number | undefined, ...onSides: readonly (number | undefined)[]): boolean {
  return (inResult ?? 0) > Math.max(0, ...onSides.map((count) => count ?? 0));
}

async function markerLines(cwd: string, tree: string, files: readonly string[]): Promise<Map<string, number>> {
  const args = ['--literal-pathspecs', 'grep', '--no-textconv', '-z', '-c', '-E', MARKER_LINE, tree, '--', ...files];
  const { stdout } = await tryGit(args, { cwd });
  const counts = new Map<string, number>();
  // Each entry is "TREE:NAME", a NUL, the count and a newline; names may hold newlines themselves.
  for (const [, name = '', count = '0'] of stdout.matchAll(/([^\0]*)\0(\d+)\n/g)) {
    counts.set(name.slice(tree.length + 1), Number(count));
  }
  return counts;
}
