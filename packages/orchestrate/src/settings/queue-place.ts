import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import type { Settled } from './layers.ts';

const PLACES = [
  ['queue.file', RALPH_PATHS.queue],
  ['queue.done_file', RALPH_PATHS.done],
] as const;

/**
 * Returns what is wrong with where the configuration has the queue and the done file (reference: part A3, checks 5
 * and 6): ours live in one place.
 */
export function queueTrouble(settled: Settled, root: string): Failure | undefined {
  for (const [key, usual] of PLACES) {
    const { value, from, line, source } = settled.get(key);
    if (source === 'default') continue;
    const path = realPath(resolve(root, value));
    if (path === realPath(join(root, usual))) continue;
    const where = `${from}${line === undefined ? '' : `:${line}`}`;
    if (!path.startsWith(realPath(root) + sep)) {
      return new Failure(
        'config_invalid',
        `${where}: ${key} must be under repo root (try a repo-relative path like '${usual}'): ${path}`,
        { hint: `set ${key} to ${usual}, or remove it` },
      );
    }
    return new Failure('config_invalid', `${where}: ${key} is ${value}, but here it lives in ${usual}`, {
      hint: `${commandLine(['mv', path, join(root, usual)])}, and remove ${key}`,
    });
  }
  return undefined;
}

/** Resolves links in the part of a path that exists. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(realPath(dirname(path)), basename(path));
  }
}
