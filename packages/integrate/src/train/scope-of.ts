import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { gitFailed, tryGit } from '@ralph/protocol/process/git';
import type { Job } from '../candidate/job.ts';
import { trackingRef } from '../site/settings.ts';
import type { LandingScopes } from './landing-scopes.ts';

/** Settled by us for each landing, in favour of the target. */
const BOOKS = [RALPH_PATHS.queue, RALPH_PATHS.done];

/**
 * Returns the one scope that holds all that a job changes; nothing when there is none, or more than one.
 *
 * @throws Failure `git_failed`, as for a pattern that git does not take
 */
export async function scopeOf({ bench, tip }: Job, scopes: LandingScopes): Promise<string | undefined> {
  const { settings } = bench;
  const fitting: string[] = [];
  for (const [name, patterns] of scopes) {
    const outside = [
      ...patterns.map((pattern) => `:(exclude,glob)${pattern}`),
      ...BOOKS.map((path) => `:(exclude)${path}`),
    ];
    // Told by the main repository, since a workspace may believe anything about the target.
    const args = ['diff', '--quiet', '--no-ext-diff', `${trackingRef(settings)}...${tip}`, '--', '.', ...outside];
    const result = await tryGit(args, { cwd: settings.root });
    if (result.exitCode === 0) fitting.push(name);
    else if (result.exitCode !== 1) throw gitFailed(args, settings.root, result);
  }
  return fitting.length === 1 ? fitting[0] : undefined;
}
