import { execFile } from 'node:child_process';
import { bareEnvironment } from '@ralph/protocol/process/environment';
import { byGitStarter } from '@ralph/protocol/process/git';

const OUTPUT_LIMIT_BYTES = 1024 * 1024;

export interface ToolResult {
  /** Whether it ended with status 0. */
  readonly isWell: boolean;
  readonly stdout: string;
}

/**
 * Runs a standard program of the system, such as `find` or `cp`, in a folder. A program that is missing, fails, prints
 * more than 1 MiB or is stopped has not ended well; nothing is thrown.
 */
export async function runTool(
  name: string,
  args: readonly string[],
  where: { readonly cwd: string; readonly signal: AbortSignal },
): Promise<ToolResult> {
  // An abort ends it there; our own limit is that of whoever gave the signal.
  const started = byGitStarter([name, ...args], { ...where, limitMs: Infinity });
  if (started !== undefined) {
    const { exitCode, stdout } = await started;
    return { isWell: exitCode === 0 && stdout.length <= OUTPUT_LIMIT_BYTES, stdout };
  }
  const options = {
    cwd: where.cwd,
    signal: where.signal,
    env: { ...bareEnvironment(), LC_ALL: 'C' },
    maxBuffer: OUTPUT_LIMIT_BYTES,
  };
  return new Promise((resolve) => {
    execFile(name, [...args], options, (error, stdout) => resolve({ isWell: error === null, stdout }));
  });
}

/** Returns what stands for one path, without a slash at its end, in a pattern of `find`. */
export function pathPattern(path: string): string {
  return path.replace(/\/$/, '').replace(/[\\*?[\]]/g, '\\$&');
}
