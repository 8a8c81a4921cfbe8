import { spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { scrubbedEnvironment, withPlainPath } from '@ralph/protocol/process/environment';
import { gitFailed } from '@ralph/protocol/process/git';
import { boundChild, notStarted } from '@ralph/protocol/process/git-run';
import { startChild } from '@ralph/protocol/process/start-child';

const LIMIT_MS = 600_000;
const STDERR_LIMIT = 8192;

/**
 * Runs a git command that prints records with NUL behind each, and hands on each as it comes: a listing may be of any
 * length.
 *
 * @throws Failure `git_failed` when git does not end with status 0, `git_missing`; and what `onName` throws
 */
export async function listNames(
  args: readonly string[],
  where: { readonly cwd: string; readonly env?: Readonly<Record<string, string>>; readonly signal?: AbortSignal },
  onName: (name: string) => void,
): Promise<void> {
  const { cwd, signal } = where;
  const child = startChild('git', () =>
    spawn('git', args, {
      cwd,
      env: { ...withPlainPath(scrubbedEnvironment()), LC_ALL: 'C', LANGUAGE: '', ...where.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    }),
  );
  const failed = new Promise<Error | undefined>((resolve) => {
    child.once('error', resolve).once('close', () => resolve(undefined));
  });
  const unbind = boundChild(child, LIMIT_MS, signal);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (stderr.length < STDERR_LIMIT) stderr += text;
  });
  try {
    const broken = await readNames(child.stdout, onName);
    const error = await failed;
    if (error !== undefined) throw notStarted(error, cwd);
    if (broken !== undefined) throw broken.error;
    const result = { stdout: '', stderr, exitCode: child.exitCode };
    if (result.exitCode !== 0) throw gitFailed(args, cwd, result);
  } finally {
    unbind();
  }
}

/** Reads to the end even when a name was not to anybody's liking: git must not be left with a full pipe. */
async function readNames(
  stdout: AsyncIterable<Buffer>,
  onName: (name: string) => void,
): Promise<{ readonly error: unknown } | undefined> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let broken: { readonly error: unknown } | undefined;
  try {
    for await (const chunk of stdout) {
      if (broken !== undefined) continue;
      const names = (rest + decoder.write(chunk)).split('\0');
      rest = names.pop() ?? '';
      try {
        for (const name of names) onName(name);
      } catch (error) {
        broken = { error };
      }
    }
  } catch {
    // The pipe was closed at the limit: the status of git tells.
  }
  return broken;
}
