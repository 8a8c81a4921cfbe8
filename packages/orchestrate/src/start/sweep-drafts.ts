import { dirname, join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { sweepLeftIn } from '@ralph/protocol/process/next-file';

/** Folders of small files that are written without a lock: whoever writes the next one there may never come. */
const FOLDERS = [
  RALPH_PATHS.ciPasses,
  RALPH_PATHS.published,
  RALPH_PATHS.agents,
  RALPH_PATHS.logs,
  RALPH_PATHS.quota,
  RALPH_PATHS.notify,
  dirname(RALPH_PATHS.stopRequest),
];

/** Removes halves of files that writers of an earlier run have left when they were killed; never throws. */
export function sweepDrafts(repo: string): void {
  for (const folder of FOLDERS) sweepLeftIn(join(repo, folder));
}
