import { lstatSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';

/**
 * Makes sure that the queue and the done file are in the repository, symlinks followed (reference: part A3, checks 5
 * and 6): elsewhere their changes could be no part of what lands.
 *
 * @throws Failure `config_invalid`
 */
export function requireInside(root: string): void {
  const real = realpathSync(root);
  for (const [key, file] of [
    ['queue.file', RALPH_PATHS.queue],
    ['queue.done_file', RALPH_PATHS.done],
  ] as const) {
    const path = join(root, file);
    const target = endOf(path);
    if (target === undefined || target.startsWith(real + sep)) continue;
    throw new Failure('config_invalid', `${key} must be under repo root, and ${path} leads to ${target}`, {
      hint: bringBack(path, target),
      details: { path, target },
    });
  }
}

/** Where a path leads; of a file that is missing, where it would be made. */
function endOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    // What a link to nothing would make is for whoever reads it to say.
    if (isLink) return undefined;
    const folder = dirname(path);
    return folder === path || lstatSync(folder, { throwIfNoEntry: false }) === undefined ? undefined : endOf(folder);
  }
}

function bringBack(path: string, target: string): string {
  const folder = dirname(path);
  const copy = (from: string, to: string, flag: readonly string[]) => commandLine(['cp', ...flag, from, to]);
  if (lstatSync(folder).isSymbolicLink()) {
    const place = realpathSync(folder);
    return `${commandLine(['rm', folder])} && ${copy(place, folder, ['-R'])}`;
  }
  return `${copy(target, `${path}.copy`, [])} && ${commandLine(['mv', `${path}.copy`, path])}`;
}
