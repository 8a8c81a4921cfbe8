import { withoutCredentials } from '../cli/credentials.ts';
import { commandLine } from '../cli/shell-words.ts';
import { Failure } from '../contract/failure.ts';
import { CommandStarter } from './command-starter.ts';
import { scrubbedEnvironment, withPlainPath } from './environment.ts';
import { requireExecutable } from './find-executable.ts';
import { foreignRepository } from './foreign-repository.ts';
import { boundChild, isFolder, notStarted } from './git-run.ts';
import { pastHalfMadeWorktrees } from './half-made-worktree.ts';

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

/** Stands in the environment of every git of ours, and hardly in that of another: no such file, so no made-up parents. */
export const NO_GRAFTS = '/dev/null/none';

const UNATTENDED = {
  LC_ALL: 'C',
  LANGUAGE: '',
  GIT_TERMINAL_PROMPT: '0',
  GIT_EDITOR: 'true',
  GIT_SEQUENCE_EDITOR: 'true',
  GIT_PAGER: 'cat',
  GIT_MERGE_AUTOEDIT: 'no',
  // History as it is and as a remote has it: an agent may have made up parents, and a push would replace the target.
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: NO_GRAFTS,
};

const DEFAULT_LIMIT_MS = 120_000;

/** What a starter says of a command that is not there. */
const NOT_FOUND = 127;

export interface GitOptions {
  readonly cwd: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly limitMs?: number;
  /**
   * Gets what git prints in pieces, and the result has nothing of it: for what grows with a repository. A piece is only
   * good until the function returns.
   */
  readonly onOutput?: (piece: Buffer) => void;
}

export interface GitResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Null when git was ended by a signal: ours at the limit or on abort, or somebody else's. */
  readonly exitCode: number | null;
}

let starter: CommandStarter | undefined;
let endOfAll: AbortSignal | undefined;

/** Ends every git of this process that has no signal of its own on abort: for a command that only looks. */
export function endGitWith(signal: AbortSignal): void {
  endOfAll = signal;
}

/**
 * Has every further git of this process started by a small process, where that can be done: a program that runs many of
 * them saves most of its own time so. Returns the function that ends it.
 */
export async function openGitStarter(): Promise<() => void> {
  const opened = await CommandStarter.open({ ...withPlainPath(scrubbedEnvironment()), ...UNATTENDED });
  starter = opened;
  return () => {
    if (starter === opened) starter = undefined;
    opened?.close();
  };
}

/** Runs another short command as gits are run; nothing where no starter was opened, or there is no such folder. */
export function byGitStarter(
  command: readonly string[],
  { cwd, signal, limitMs = DEFAULT_LIMIT_MS }: Pick<GitOptions, 'cwd' | 'signal' | 'limitMs'>,
): Promise<GitResult> | undefined {
  if (starter?.isUsable !== true || !isFolder(cwd)) return undefined;
  return starter.run({ command, cwd, env: {}, input: undefined, limitMs, signal });
}

/**
 * Runs git and returns how it ended; any exit status is a result. It runs in a process group of its own, so that the
 * Ctrl-C of a terminal does not cut it off in the middle, and is ended as a group at its time limit or on abort. What it
 * leaves running is not waited for.
 *
 * @throws Failure `git_missing`, or `io` when the folder is gone
 */
export async function tryGit(args: readonly string[], options: GitOptions): Promise<GitResult> {
  return pastHalfMadeWorktrees(() => {
    return starter?.isUsable === true ? byStarter(starter, args, options) : alone(args, options);
  });
}

async function alone(args: readonly string[], options: GitOptions): Promise<GitResult> {
  const { execa } = await import('execa');
  const child = execa('git', [...PINNED, ...args], {
    cwd: options.cwd,
    env: { ...withPlainPath(scrubbedEnvironment()), ...UNATTENDED, ...options.env },
    extendEnv: false,
    detached: true,
    reject: false,
    stripFinalNewline: false,
    buffer: { stdout: options.onOutput === undefined },
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
  });
  if (options.onOutput !== undefined) child.stdout.on('data', options.onOutput);
  const unbind = boundChild(child, options.limitMs ?? DEFAULT_LIMIT_MS, options.signal ?? endOfAll);
  try {
    const { exitCode, stdout, stderr, cause } = await child;
    if (child.pid === undefined) throw notStarted(cause as NodeJS.ErrnoException, options.cwd);
    return { stdout: String(stdout ?? ''), stderr: String(stderr), exitCode: exitCode ?? null };
  } finally {
    unbind();
  }
}

async function byStarter(by: CommandStarter, args: readonly string[], options: GitOptions): Promise<GitResult> {
  const { cwd, env = {}, input, limitMs = DEFAULT_LIMIT_MS, signal = endOfAll, onOutput } = options;
  if (!isFolder(cwd)) throw notStarted(undefined, cwd);
  const result = await by.run({ command: ['git', ...PINNED, ...args], cwd, env, input, limitMs, signal, onOutput });
  if (result.exitCode === NOT_FOUND) requireGit(cwd);
  return result;
}

function requireGit(cwd: string): void {
  try {
    requireExecutable('git', cwd);
  } catch (error) {
    throw notStarted(error as NodeJS.ErrnoException, cwd);
  }
}

/**
 * Runs git and returns what it printed.
 *
 * @throws Failure `git_failed` with git's own words when it does not end with status 0; `dubious_ownership` when git uses
 *   nothing of a repository since it is another user's
 */
export async function git(args: readonly string[], options: GitOptions): Promise<string> {
  const result = await tryGit(args, options);
  if (result.exitCode === 0) return result.stdout;
  throw gitFailed(args, options.cwd, result);
}

/** Returns the failure for a git command that did not succeed; it tells no password. */
export function gitFailed(args: readonly string[], cwd: string, result: GitResult): Failure {
  const words = withoutCredentials(result.stderr.trim().split('\n').slice(-5).join(' / '));
  const foreign = foreignRepository(result.stderr);
  if (foreign !== undefined) return foreign;
  return new Failure('git_failed', `git ${commandIn(args)} failed in ${cwd}: ${words || 'ended by a signal'}`, {
    hint: withoutCredentials(commandLine(['git', '-C', cwd, ...args])),
    details: { exit_code: result.exitCode },
  });
}

/** The word behind git's own options. */
function commandIn(args: readonly string[]): string {
  return args.find((word, index) => !word.startsWith('-') && args[index - 1] !== '-c') ?? '';
}
