/** Folders of tools, at any depth: what is below them is made anew, and is large. */
const TOOL_FOLDERS = new Set([
  'target',
  'node_modules',
  '.venv',
  '__pycache__',
  '.ruff_cache',
  '.pytest_cache',
  '.ty_cache',
  '.git',
]);

const RUNTIME_FOLDERS = new Set(['cache', 'workspaces', 'logs', 'lock']);

/** Pathspecs that leave the folders of tools out of a listing. */
export const WITHOUT_TOOL_FOLDERS = [...TOOL_FOLDERS].map((name) => `:(exclude,glob)**/${name}/**`);

/** Returns the folder of tools or of the run that a path lies below, by whole names; nothing when there is none. */
export function closedFolderOf(path: string): string | undefined {
  const folders = path.split('/').slice(0, -1);
  const at = folders.findIndex(
    (name, index) => TOOL_FOLDERS.has(name) || (folders[index - 1] === '.ralph' && RUNTIME_FOLDERS.has(name)),
  );
  return at === -1 ? undefined : folders.slice(0, at + 1).join('/');
}

/**
 * Tells whether a path belongs to a run, or to git: no rule takes it along. The queue is the business of whoever hands
 * the tasks out.
 */
export function isOfRun(path: string): boolean {
  const [first, second = '', third] = path.split('/');
  if (path.split('/').includes('.git')) return true;
  if (first !== '.ralph') return false;
  if (RUNTIME_FOLDERS.has(second)) return true;
  return third === undefined && (/\.lock$|^trust\.jsonc$/.test(second) || /^\.?(?:queue|done)\.jsonc?\b/.test(second));
}
