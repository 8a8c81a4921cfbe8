import type { Job } from '../candidate/job.ts';
import { isQueueTracked } from '../books/bookkeeping.ts';
import { fetchTarget, isInHistory } from './target.ts';

export interface Landed {
  readonly commit: string;
  readonly queueTracked: boolean;
  /** Whether the main repository keeps that it has landed, and nothing of it for the train, already. */
  readonly isKept?: boolean;
}

/** Returns the first of the commits that were sent that is part of the target branch. */
export async function firstOnTarget({ bench, pushed }: Job, target: string): Promise<Landed | undefined> {
  const { root } = bench.settings;
  for (const commit of pushed) {
    if (await isInHistory(bench, commit, target))
      return { commit, queueTracked: await isQueueTracked(root, root, target) };
  }
  return undefined;
}

/** Looks a last time for what was sent, before anything is told as not landed. */
export async function landedAfterAll(job: Job): Promise<Landed | undefined> {
  if (job.pushed.length === 0) return undefined;
  try {
    const end = await fetchTarget(job.bench.settings, job.bench.lastCall);
    return end.kind === 'fetched' ? await firstOnTarget(job, end.commit) : undefined;
  } catch {
    // The failure that led here is the one to be told.
    return undefined;
  }
}
