import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { dropFile } from '@ralph/protocol/process/drop-file';
import { namesIn } from '@ralph/protocol/process/names-in';

export interface PublicationRule {
  /** Milliseconds since 1970: what is younger stays. */
  readonly before: number;
  readonly isKept: (taskId: string) => boolean;
}

/**
 * Removes what is written down of branches that were published for a review, where nothing of that is left.
 *
 * @throws Failure `permission`, `io`
 */
export function dropPublications(root: string, { before, isKept }: PublicationRule): void {
  const folder = join(root, RALPH_PATHS.published);
  for (const name of namesIn(folder)) {
    const [, taskId] = /^(.+)\.json$/.exec(name) ?? [];
    const path = join(folder, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (taskId === undefined || stats?.isFile() !== true || stats.mtimeMs >= before || isKept(taskId)) continue;
    dropFile(path);
  }
}
