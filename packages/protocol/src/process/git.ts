import { Failure } from '../contract/failure.ts';
import { scrubbedEnvironment } from './environment.ts';

/** Settings under which every git of ours runs, so that a user's configuration cannot change what it does. */
const PINNED = [
  'gc.auto=0',
  'maintenance.auto=false',
  'rerere.enabled=false',
  'rebase.autoStash=false',
  'rebase.updateRefs=false',
  'rebase.missingCommitsCheck=ignore',
  'submodule.recurse=false',
  'core.quotePath=false',
  'color.ui=false',
  'http.lowSpeedLimit=1000',
  'http.lowSpeedTime=60',
].flatMap((setting) => ['-c', setting]);

const UNATTENDED = {
  LC_ALL: 'C',
  LANGUAGE: '',
  GIT_TERMINAL_PROMPT: '0',
  GIT_EDITOR: 'true',
  GIT_SEQUENCE_EDITOR: 'true',
  GIT_PAGER: 'cat',
  GIT_MERGE_AUTOEDIT: 'no',
};

const DEFAULT_LIMIT_MS = 120_000;

export interface GitOptions {
  readonly cwd: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly limitMs?: number;
}

export interface GitResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Null when git was ended by a signal: ours at the limit or on abort, or somebody else's. */
  readonly exitCode: number | null;
}

/**
 * Runs git and returns how it ended; any exit status is a result. It runs in a process group of its own, so that the
 * Ctrl-C of a terminal does not cut it off in the middle, and is ended as a group at its time limit or on abort.
 *
 * @throws Failure `git_missing`
 */
export async function tryGit(args: readonly string[], options: GitOptions): Promise<GitResult> {
  const { execa } = await import('execa');
  const child = execa('git', [...PINNED, ...args], {
    cwd: options.cwd,
    env: { ...scrubbedEnvironment(), ...UNATTENDED, ...options.env },
    extendEnv: false,
    detached: true,
    reject: false,
    stripFinalNewline: false,
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
  });
  const endGroup = () => {
    if (child.pid !== undefined && child.exitCode === null) signalGroup(child.pid);
  };
  const timer = setTimeout(endGroup, options.limitMs ?? DEFAULT_LIMIT_MS);
  options.signal?.addEventListener('abort', endGroup, { once: true });
  try {
    const { exitCode, stdout, stderr, cause } = await child;
    if ((cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') throw gitMissing();
    return { stdout: String(stdout), stderr: String(stderr), exitCode: exitCode ?? null };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', endGroup);
  }
}

/**
 * Runs git and returns what it printed.
 *
 * @throws Failure `git_failed` with git's own words when it does not end with status 0
 */
export async function git(args: readonly string[], options: GitOptions): Promise<string> {
  const result = await tryGit(args, options);
  if (result.exitCode === 0) return result.stdout;
  throw gitFailed(args, options.cwd, result);
}

/** Returns the failure for a git command that did not succeed. */
export function gitFailed(args: readonly string[], cwd: string, result: GitResult): Failure {
  const words = result.stderr.trim().split('\n').slice(-5).join(' / ');
  return new Failure('git_failed', `git ${args[0] ?? ''} failed in ${cwd}: ${words || 'ended by a signal'}`, {
    hint: `try it by hand: git -C ${cwd} ${args.join(' ')}`,
    details: { exit_code: result.exitCode },
  });
}

function gitMissing(): Failure {
  return new Failure('git_missing', 'git was not found, or the folder it should run in is gone', {
    hint: 'install git and see that it is on PATH',
  });
}

function signalGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
