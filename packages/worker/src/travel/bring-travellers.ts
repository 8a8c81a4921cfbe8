import { constants, lstatSync, mkdirSync, symlinkSync, unlinkSync, type Stats } from 'node:fs';
import { appendFile, copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { excludeText } from './exclude-names.ts';
import { listNames } from './listed-names.ts';
import { sourceOf, type Source } from './source.ts';
import type { Traveller } from './traveller.ts';
import type { Site } from '../site/site.ts';
import { inWorkspace } from '../workspace/workspace-git.ts';

const AT_ONCE = 8;
const NAMES_AT_ONCE = 500;

interface Copy {
  readonly path: string;
  readonly source: Source;
}

/**
 * Copies what travels into a workspace whose files are checked out, as it stands now in the user's main worktree, and
 * names each in the workspace's own exclude file, so that no commit there takes it up. What the tree of the workspace
 * has wins: nothing goes over a tracked file, or through a tracked symlink.
 *
 * @returns the paths that were copied
 * @throws Failure `travel_refused` for a symlink that leads to where nothing travels from
 */
export async function bringTravellers(
  site: Site,
  travellers: readonly Traveller[],
  workspace: string,
): Promise<readonly string[]> {
  const copies = await copiesOf(site, travellers, workspace);
  if (copies.length === 0) return [];
  const paths = copies.map(({ path }) => path);
  // Before the files: a `git add` must never see one without the other.
  await appendFile(join(workspace, '.git/info/exclude'), await excludeText(site.repo.root, paths));
  await inTurns(copies, (copy) => bring(workspace, copy));
  return paths;
}

async function copiesOf(site: Site, travellers: readonly Traveller[], workspace: string): Promise<Copy[]> {
  const sources = travellers.flatMap((traveller) => {
    const source = sourceOf(site, traveller);
    return source === undefined ? [] : [{ path: traveller.path, source }];
  });
  const tracked = await trackedAmong(
    workspace,
    sources.map(({ path }) => path),
  );
  return sources.filter(({ path }) => !tracked.has(path) && isFree(workspace, path));
}

/** A sparse workspace has tracked files that do not stand in it, so the index is asked. */
async function trackedAmong(workspace: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
  const tracked = new Set<string>();
  const isSparse = statOf(join(workspace, '.git/info/sparse-checkout')) !== undefined;
  const asked = isSparse ? paths : paths.filter((path) => statOf(join(workspace, path)) !== undefined);
  const { cwd, env = {} } = inWorkspace(workspace);
  for (let at = 0; at < asked.length; at += NAMES_AT_ONCE) {
    const args = ['--literal-pathspecs', 'ls-files', '-z', '--cached', '--', ...asked.slice(at, at + NAMES_AT_ONCE)];
    await listNames(args, { cwd, env }, (name) => void tracked.add(name));
  }
  return tracked;
}

/** Tells whether a file may stand at a path: every folder on the way is one, and no folder is in its place. */
function isFree(workspace: string, path: string): boolean {
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const stat = statOf(join(workspace, path.slice(0, at)));
    if (stat === undefined) return true;
    if (!stat.isDirectory()) return false;
  }
  return statOf(join(workspace, path))?.isDirectory() !== true;
}

async function bring(workspace: string, { path, source }: Copy): Promise<void> {
  const place = join(workspace, path);
  mkdirSync(dirname(place), { recursive: true });
  // What an earlier attempt had there may be a symlink by now, which a copy would follow.
  if (statOf(place) !== undefined) unlinkSync(place);
  if (source.kind === 'folder') symlinkSync(source.target, place);
  else await copyFile(source.path, place, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
}

async function inTurns<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await act(item);
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // A file stands where a folder on the way would have to be.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}
