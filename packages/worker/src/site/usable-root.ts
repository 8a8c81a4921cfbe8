import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asIoFailure, Failure } from '@ralph/protocol/contract/failure';

const PROBE = '.ralph-probe.';
// A folder that we found may be one that another preflight made and takes away again.
const MAKE_TRIES = 3;
/** What is wrong with the machine for now, where another root may be no better. */
const TROUBLE = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE', 'ENOMEM']);

/**
 * Makes the folder of the workspaces where it is missing and makes sure that folders can be made in it.
 *
 * @returns what takes away again what was made here, as far as nobody has put anything into it
 * @throws Failure `workspace_root` when it cannot be made or written; nothing is left then
 */
export function requireUsableRoot(root: string): () => void {
  const made = makeRoot(root);
  try {
    const probe = mkdtempSync(join(root, PROBE));
    // Ours, and what a killed one has left; whoever else probes at this moment bears that his is gone.
    for (const name of [probe, ...leftProbes(root)]) removeFolders([name]);
  } catch (error) {
    removeFolders(made);
    throw unusable(root, 'written', error);
  }
  return () => removeFolders(made);
}

function leftProbes(root: string): string[] {
  try {
    const names = readdirSync(root).filter((name) => name.startsWith(PROBE));
    return names.map((name) => join(root, name));
  } catch {
    // A folder may be writable and not readable.
    return [];
  }
}

/**
 * Makes the missing folders of a path one by one, since Node's recursive form never ends under /proc.
 *
 * @returns the folders that were made, the innermost first
 * @throws Failure `workspace_root` when one of them cannot be made; nothing is left then
 */
export function makeRoot(root: string): string[] {
  for (let tries = 1; ; tries += 1) {
    const made: string[] = [];
    try {
      for (const folder of missingFolders(root)) if (makeFolder(folder)) made.unshift(folder);
      return made;
    } catch (error) {
      removeFolders(made);
      if (tries === MAKE_TRIES || codeOf(error) !== 'ENOENT') throw unusable(root, 'made', error);
    }
  }
}

/** Returns the failure for a root that the operating system refuses. */
export function unusable(root: string, what: 'found' | 'made' | 'written', error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  if (TROUBLE.has(code)) return asIoFailure(error, `use the workspace root ${root}`);
  return new Failure('workspace_root', `the workspace root ${root} cannot be ${what}: ${code}`, {
    cause: error,
    hint: 'leave --workspace-root out, or give a folder in which you may make folders',
    details: { workspace_root: root },
  });
}

/** The outermost first. */
function missingFolders(root: string): string[] {
  const missing: string[] = [];
  for (let path = root; !isThere(path); path = dirname(path)) missing.unshift(path);
  // The last one is tried even when something stands there: it may be no folder.
  return missing.length === 0 ? [root] : missing;
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Tells whether the folder was made here; another may have been faster. */
function makeFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return false;
    throw error;
  }
}

function removeFolders(folders: readonly string[]): void {
  try {
    for (const folder of folders) rmdirSync(folder);
  } catch {
    // Somebody uses it by now.
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
