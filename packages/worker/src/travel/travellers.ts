import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import { isEnvName } from '@ralph/protocol/contract/paths';
import { tryGit } from '@ralph/protocol/process/git';
import type { CopyPattern } from './copy-patterns.ts';
import { listNames } from './listed-names.ts';
import { closedFolderOf, isOfRun, WITHOUT_TOOL_FOLDERS } from './no-travel.ts';
import { sourceOf } from './source.ts';
import type { Traveller } from './traveller.ts';
import type { Site } from '../site/site.ts';
import { isWithin } from '../site/workspace-root.ts';

const INCLUDE_FILE = '.worktreeinclude';
const IGNORED = ['ls-files', '-z', '-o', '-i'];

export interface Travellers {
  readonly files: readonly Traveller[];
  /** What a person should hear: patterns without a match, repositories that stay behind. */
  readonly warnings: readonly string[];
}

interface Search {
  readonly site: Site;
  readonly signal: AbortSignal | undefined;
  readonly found: Map<string, Traveller>;
  readonly warnings: string[];
}

/**
 * Finds out which files travel into a workspace (reference: part A9): ignored ones that are called `.env` or `.env.*`
 * or match a `--copy` pattern, what `.worktreeinclude` names, and what is not tracked below `.ralph/`, less files of
 * the run. Nothing of a bare repository travels.
 *
 * @throws Failure `travel_refused` for a `--copy` pattern that matches what may not travel, and for a symlink that
 *   leads to where nothing travels from
 */
export async function findTravellers(
  site: Site,
  patterns: readonly CopyPattern[],
  signal?: AbortSignal,
): Promise<Travellers> {
  const search: Search = { site, signal, found: new Map(), warnings: [] };
  if (await hasFiles(site)) {
    await Promise.all([findSecrets(search), findOwn(search), findIncluded(search)]);
    // Last, so that what a broad pattern matches as well has been found by its own rule.
    await findCopied(search, patterns);
  }
  const files = [...search.found.values()].toSorted((one, other) => (one.path < other.path ? -1 : 1));
  for (const file of files) sourceOf(site, file);
  return { files, warnings: search.warnings };
}

async function hasFiles({ repo }: Site): Promise<boolean> {
  const { stdout } = await tryGit(['rev-parse', '--is-inside-work-tree'], { cwd: repo.root });
  return stdout.trim() === 'true';
}

async function findSecrets(search: Search): Promise<void> {
  const names = [':(glob)**/.env', ':(glob)**/.env.*', ...WITHOUT_TOOL_FOLDERS];
  await list(search, [...IGNORED, '--exclude-standard', '--', ...names], (path) => {
    if (isEnvName(path.slice(path.lastIndexOf('/') + 1)) && closedFolderOf(path) === undefined)
      add(search, path, false);
  });
}

async function findOwn(search: Search): Promise<void> {
  const folder = join(search.site.repo.root, '.ralph');
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  const names = readdirSync(folder).filter((name) => !isOfRun(`.ralph/${name}`));
  if (names.length === 0) return;
  const specs = names.map((name) => `:(literal).ralph/${name}`);
  await list(search, ['ls-files', '-z', '-o', '--', ...specs], (path) => {
    if (!path.endsWith('/')) add(search, path, false);
  });
}

async function findIncluded(search: Search): Promise<void> {
  const file = join(search.site.repo.root, INCLUDE_FILE);
  if (!existsSync(file)) return;
  await list(search, [...IGNORED, `--exclude-from=${file}`], (path) => {
    if (!path.endsWith('/')) return add(search, path, true);
    if (!isOfWorkspaces(search.site, path))
      search.warnings.push(`${INCLUDE_FILE} names ${path}, a repository of its own: it stays behind`);
  });
}

async function findCopied(search: Search, patterns: readonly CopyPattern[]): Promise<void> {
  if (patterns.length === 0) return;
  const folders = [...new Set(patterns.map(({ folder }) => folder))];
  const specs = folders.includes('') ? [] : folders.map((folder) => `:(literal)${folder}`);
  const unmatched = new Set(patterns);
  await list(search, [...IGNORED, '--exclude-standard', '--', ...specs], (path) => {
    const name = path.replace(/\/$/, '');
    const matching = patterns.filter((pattern) => pattern.matches(name));
    const [first] = matching;
    if (first === undefined) return;
    if (isOfRun(path)) return;
    const problem = obstacle(search.site, path);
    if (problem !== undefined) throw cannotCopy(first, path, problem);
    for (const pattern of matching) unmatched.delete(pattern);
    add(search, path, false);
  });
  for (const { name } of unmatched) search.warnings.push(`${name} matches no ignored file`);
}

function obstacle(site: Site, path: string): string | undefined {
  if (isOfWorkspaces(site, path)) return 'it lies in the folder of the workspaces';
  const closed = closedFolderOf(path);
  if (closed !== undefined) return `it lies in ${closed}/, from which nothing travels`;
  return path.endsWith('/') ? 'it is a folder' : undefined;
}

function cannotCopy({ name }: CopyPattern, path: string, problem: string): Failure {
  return new Failure('travel_refused', `${name} matches ${path}: ${problem}. Refusing to copy it into a workspace.`, {
    hint: 'give a narrower pattern, or name what is wanted in .worktreeinclude',
    details: { path },
  });
}

function add({ site, found }: Search, path: string, isIncluded: boolean): void {
  if (isOfRun(path) || isOfWorkspaces(site, path)) return;
  if (found.get(path)?.isIncluded !== true) found.set(path, { path, isIncluded });
}

function isOfWorkspaces({ repo, root }: Site, path: string): boolean {
  const full = join(repo.root, path);
  return isWithin(root, full) || isWithin(full, root);
}

/** The folder of the workspaces may lie in the repository, with more files than all the rest. */
function list({ site, signal }: Search, args: readonly string[], onName: (path: string) => void): Promise<void> {
  const { repo, root } = site;
  const inside = isWithin(repo.root, root) ? [`:(exclude,literal)${relative(repo.root, root)}`] : [];
  const dashes = args.includes('--') ? [] : ['--'];
  const where = { cwd: repo.root, ...(signal === undefined ? {} : { signal }) };
  return listNames([...args, ...dashes, ...inside], where, onName);
}
