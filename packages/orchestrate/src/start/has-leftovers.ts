import { join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { namesIn } from '@ralph/protocol/process/names-in';
import { findGitRepository } from '@ralph/protocol/process/repository';

/** The folders in which something stands as long as a task is worked on, and after its worker was killed. */
const TRACES = [RALPH_PATHS.claims, RALPH_PATHS.agents];

/**
 * Tells whether there may be something that an earlier run has left beside its records: one look at four folders, so that
 * a start where nothing is left asks no sibling.
 *
 * @throws Failure `permission`, `io`
 */
export function hasLeftovers({
  repo,
  workspaceRoot,
}: {
  readonly repo: string;
  readonly workspaceRoot: string;
}): boolean {
  const { gitDir } = findGitRepository(repo);
  const folders = [workspaceRoot, ...TRACES.map((path) => join(repo, path)), join(gitDir, 'refs/ralph/base')];
  return folders.some((folder) => namesIn(folder).length > 0);
}
