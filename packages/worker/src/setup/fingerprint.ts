import { runTool } from '../site/run-tool.ts';

/** Sizes and times of all files by their names, where symlinks lead, and the names of folders. */
const LISTING =
  process.platform === 'linux'
    ? String.raw`find . -type f -printf '%P %s %T@\n' -o -type l -printf '%P -> %l\n' -o -type d -printf '%P/\n'`
    : `find . -type f -exec stat -f '%N %z %Fm' {} + -o -type l -exec stat -f '%N -> %Y' {} + -o -type d -print`;

/**
 * Returns what stands for the files of a folder: another one when a file was added, removed or written to. Their
 * contents are not read. Nothing when it could not be found out.
 */
export async function fingerprint(folder: string, signal: AbortSignal): Promise<string | undefined> {
  const script = `set -e; ${LISTING} | sort | git hash-object --stdin`;
  const { isWell, stdout } = await runTool('sh', ['-c', script], { cwd: folder, signal });
  return isWell && stdout.trim() !== '' ? stdout.trim() : undefined;
}
