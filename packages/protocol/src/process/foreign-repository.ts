import { commandLine } from '../cli/shell-words.ts';
import { Failure } from '../contract/failure.ts';

const REFUSED = /detected dubious ownership in repository at '(.*)'/;

/** Returns the failure for a repository that git does not use since it belongs to another user; nothing for other words. */
export function foreignRepository(stderr: string): Failure | undefined {
  const folder = REFUSED.exec(stderr)?.[1];
  if (folder === undefined) return undefined;
  return new Failure('dubious_ownership', `git does not use ${folder}: it belongs to another user`, {
    hint: commandLine(['git', 'config', '--global', '--add', 'safe.directory', folder]),
    details: { folder },
  });
}
