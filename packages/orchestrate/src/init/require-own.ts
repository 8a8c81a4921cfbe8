import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';

/**
 * Makes sure that nothing of a set-up is written through a symlink: a repository may bring one that leads to any file of
 * the user's.
 *
 * @param paths relative to the root
 * @throws Failure `config_invalid`
 */
export function requireOwn(root: string, paths: readonly string[]): void {
  const steps = paths.flatMap((path) => path.split('/').map((_, index, all) => all.slice(0, index + 1).join('/')));
  const link = steps.find((step) => lstatSync(join(root, step), { throwIfNoEntry: false })?.isSymbolicLink() === true);
  if (link === undefined) return;
  const path = join(root, link);
  throw new Failure('config_invalid', `${path} is a symlink: nothing is written to where it leads`, {
    hint: `${commandLine(['ls', '-l', path])}  # and put a folder or a file of its own there`,
  });
}
