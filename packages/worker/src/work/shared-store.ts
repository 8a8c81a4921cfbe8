import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository } from '@ralph/protocol/process/repository';
import type { ConfigEntry } from '../workspace/config-list.ts';

/** Settings of the user's repository by which it takes or keeps objects in another way than a git of a workspace does. */
const OWN_WAYS =
  /^core\.(?:sharedrepository|fsync.*)$|^(?:fetch|transfer)\.fsckobjects$|promisor$|^extensions\.partialclone$/;

/**
 * Returns the folder of objects of the user's repository when all that a workspace is made of is in there, and what we add to
 * it may be written there at once instead of being brought in later; nothing otherwise. It is asked when nothing runs in the
 * workspace any more: one in which no object was made borrows every one of them.
 */
export function sharedStore(
  { gitDir }: Required<Repository>,
  localConfig: readonly ConfigEntry[],
  workspace: string,
): string | undefined {
  if (localConfig.some(({ key }) => OWN_WAYS.test(key))) return undefined;
  try {
    const own = join(workspace, '.git/objects');
    const isEmpty = readdirSync(own).every((name) => name === 'info' || (name === 'pack' && isBare(join(own, name))));
    return isEmpty ? realpathSync(join(gitDir, 'objects')) : undefined;
  } catch {
    return undefined;
  }
}

function isBare(folder: string): boolean {
  return readdirSync(folder).length === 0;
}
