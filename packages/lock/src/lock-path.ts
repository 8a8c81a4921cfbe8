import { join } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import { findRepository } from '@ralph/protocol/process/repository';

/**
 * Returns the file of a named lock, in the main worktree of the repository.
 *
 * @throws Failure `usage` when the name cannot be a file name, `not_a_repository`
 */
export function lockPath(repo: string | undefined, name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) {
    throw new Failure('usage', `--name ${JSON.stringify(name)}: use letters, digits, dot, dash and underscore`, {
      hint: 'try ralph-lock --help',
    });
  }
  return join(findRepository(repo).root, '.ralph', `${name}.lock`);
}
