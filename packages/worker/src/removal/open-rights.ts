import { runTool } from '../site/run-tool.ts';

const LIMIT_MS = 600_000;

/**
 * Gives us back the right to read the folders and files of a workspace: git passes over a folder that it may not read
 * without an error, and what is in it would be lost. Symlinks are not followed; what others own stays as it is.
 */
export async function openRights(workspace: string): Promise<void> {
  // Each at once, a folder before it is looked into.
  const folders = ['-type', 'd', '!', '-perm', '-0500', '-exec', 'chmod', 'u+rx', '{}', ';'];
  const files = ['-type', 'f', '!', '-perm', '-0400', '-exec', 'chmod', 'u+r', '{}', ';'];
  await runTool('find', [workspace, ...folders, '-o', ...files], { cwd: '/', signal: AbortSignal.timeout(LIMIT_MS) });
}
