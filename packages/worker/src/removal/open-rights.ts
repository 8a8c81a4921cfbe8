import { runTool } from '../site/run-tool.ts';

const LIMIT_MS = 600_000;

const CLOSED_FOLDER = ['-type', 'd', '!', '-perm', '-0500'];
const CLOSED_FILE = ['-type', 'f', '!', '-perm', '-0400'];

/** The conditions by which `find` tells that there is something to open. */
export const CLOSED: readonly string[] = ['(', ...CLOSED_FOLDER, '-o', ...CLOSED_FILE, ')'];

/**
 * Gives us back the right to read the folders and files of a workspace: git passes over a folder that it may not read
 * without an error, and what is in it would be lost. Symlinks are not followed; what others own stays as it is.
 */
export async function openRights(workspace: string): Promise<void> {
  // Each at once, a folder before it is looked into.
  const folders = [...CLOSED_FOLDER, '-exec', 'chmod', 'u+rx', '{}', ';'];
  const files = [...CLOSED_FILE, '-exec', 'chmod', 'u+r', '{}', ';'];
  await runTool('find', [workspace, ...folders, '-o', ...files], { cwd: '/', signal: AbortSignal.timeout(LIMIT_MS) });
}
