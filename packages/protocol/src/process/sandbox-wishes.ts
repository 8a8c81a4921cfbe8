import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { OptionValues } from '../cli/options.ts';
import type { SANDBOX_OPTIONS } from '../cli/sandbox-options.ts';
import { usageFailure } from '../cli/usage-failure.ts';
import { RALPH_PATHS } from '../contract/paths.ts';
import type { Repository } from './repository.ts';
import type { SandboxWishes } from './sandbox.ts';
import { isBelow } from './sandbox-layout.ts';

export interface SandboxRequest {
  readonly program: string;
  readonly args: OptionValues<typeof SANDBOX_OPTIONS>;
  readonly repo: Required<Repository>;
  /** The folder of the workspaces, where that is known. */
  readonly workspaceRoot?: string | undefined;
  /** Tells a person what the sandbox does not hold here. */
  readonly note: (text: string) => void;
}

/** Those of the sandbox itself. */
const OWN = ['/proc', '/dev', '/sys'] as const;

/**
 * Reads what the user wants to be written and read in a sandbox.
 *
 * @throws Failure `usage` for a path that is not there, of the sandbox itself, or by which the user's repository, the
 * records of the run or other workspaces could be written
 */
export function readWishes({ program, args, repo, workspaceRoot }: SandboxRequest): SandboxWishes {
  const records = join(repo.root, RALPH_PATHS.queue, '..');
  const closed = [records, repo.gitDir, ...(workspaceRoot === undefined ? [] : [workspaceRoot])];
  const open = join(repo.gitDir, 'lfs');
  const write = args['sandbox-write'].map((path) => {
    const real = realPath(program, 'sandbox-write', path);
    const around = [repo.root, ...closed].find((folder) => isBelow(real, folder));
    const within = closed.find((folder) => isBelow(folder, real));
    const touched = around ?? (isBelow(open, real) ? undefined : within);
    if (touched === undefined) return real;
    throw usageFailure(
      program,
      `--sandbox-write ${JSON.stringify(path)}: what is in ${touched} is not for an agent to write`,
    );
  });
  const read = args['sandbox-read'].map((path) => realPath(program, 'sandbox-read', path));
  return { write, read, net: args['sandbox-net'] };
}

function realPath(program: string, option: string, path: string): string {
  const full = path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : resolve(path);
  const bad = (what: string) => usageFailure(program, `--${option} ${JSON.stringify(path)}: ${what}`);
  let real: string;
  try {
    real = realpathSync(full);
  } catch {
    throw bad('there is no such file or folder');
  }
  const own = OWN.find((folder) => isBelow(folder, real));
  if (own !== undefined) throw bad(`a sandbox has a ${own} of its own`);
  return real;
}
