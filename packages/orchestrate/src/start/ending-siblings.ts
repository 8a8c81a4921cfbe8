import { basename, join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import type { ProcessIdentity } from '@ralph/protocol/contract/state-file';
import { openFilesOf } from '@ralph/protocol/process/open-files';
import { readProcFile } from '@ralph/protocol/process/proc-file';
import { identityOf, isAlive } from '@ralph/protocol/process/process-identity';
import { livingProcesses } from '@ralph/protocol/process/process-list';

/** A sibling that an orchestrator had on its leash. */
export interface EndingSibling {
  readonly identity: ProcessIdentity;
  /** The tasks whose claims it has open. */
  readonly tasks: readonly string[];
}

/** Longer than a sibling may take to end its agents. */
const LIMIT_MS = 20_000;
const POLL_MS = 25;

const PROGRAM = /^ralph-(?:worker|integrate|state)(?:\.cjs)?$/;

/**
 * Returns the siblings that work for a repository on a leash, other than our own. Whoever holds the loop lock, or knows
 * that nobody does, knows that they are those of a run that is gone: they are just ending. None where there is no /proc.
 */
export function endingSiblings(root: string): EndingSibling[] {
  if (process.platform !== 'linux') return [];
  const claims = join(root, RALPH_PATHS.claims);
  const found: EndingSibling[] = [];
  for (const { pid, stat } of livingProcesses()) {
    if (pid === process.pid || stat.parent === process.pid || !isOnLeash(pid, root)) continue;
    const identity = identityOf(pid);
    if (identity !== undefined) found.push({ identity, tasks: claimsOpenIn(pid, claims) });
  }
  return found;
}

function isOnLeash(pid: number, root: string): boolean {
  const words = readProcFile(`/proc/${pid}/cmdline`, 'utf8')?.split('\0') ?? [];
  const options = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined);
  const repo = options.indexOf('--repo');
  // Behind an interpreter, its first words may be options of its own.
  const isOurs = options.slice(0, 4).some((word) => PROGRAM.test(basename(word)));
  return isOurs && options.includes('--leash') && repo !== -1 && options[repo + 1] === root;
}

function claimsOpenIn(pid: number, folder: string): string[] {
  return openFilesOf(pid, folder)
    .filter((name) => name.endsWith('.lock'))
    .map((name) => basename(name, '.lock'));
}

/** Waits until siblings are gone, at most 20 s, and returns those that still live. */
export async function waitForEnd(siblings: readonly EndingSibling[], signal: AbortSignal): Promise<EndingSibling[]> {
  const deadline = performance.now() + LIMIT_MS;
  let left = siblings.filter(({ identity }) => isAlive(identity));
  while (left.length > 0 && performance.now() < deadline && !signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    left = left.filter(({ identity }) => isAlive(identity));
  }
  return left;
}
