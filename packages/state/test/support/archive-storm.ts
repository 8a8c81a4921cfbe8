import { momentAfter, seededChance } from '@ralph/protocol/testing/chance';
import { startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { DONE, idsOnDisk, QUEUE, ralphState } from './repository.ts';

export interface ArchiveStorm {
  readonly wrong: readonly string[];
  /** Rounds whose kill came between the two writes, or before or after both. */
  readonly moments: { readonly before: number; readonly between: number; readonly after: number };
}

/** Kills `task archive` at moments of chance; after the next command each task is in one of the two files. */
export async function archiveStorm(rounds: number): Promise<ArchiveStorm> {
  const random = seededChance();
  const { root, queue } = temporaryRepository();
  const ids = Array.from({ length: rounds + 1 }, (_, index) => `RQ-${String(index + 1).padStart(4, '0')}`);
  queue(ids.map((id) => queueTask(id, { description: 'x'.repeat(2000) })));
  const every = [...ids];
  const usual = await timeOf(() => ralphState(root, ['task', 'archive', ids.shift() ?? '']));
  const wrong: string[] = [];
  const moments = { before: 0, between: 0, after: 0 };
  for (const id of ids) {
    const child = startProgram('ralph-state', ['task', 'archive', id], { cwd: root });
    const ended = transcriptOf(child);
    // Before that it has not come to its writes.
    await momentAfter(usual * (0.7 + random()));
    child.kill('SIGKILL');
    await ended;
    const [queued, done] = [idsOnDisk(root, QUEUE), idsOnDisk(root, DONE)];
    moments[queued.includes(id) ? (done.includes(id) ? 'between' : 'before') : 'after'] += 1;
    if (new Set([...queued, ...done]).size !== ids.length + 1) wrong.push(`${id}: a task is in neither file`);
    const { status, stderr } = await ralphState(root, ['task', 'validate']);
    const all = [...idsOnDisk(root, QUEUE), ...idsOnDisk(root, DONE)].toSorted();
    if (status !== 0 || all.join() !== every.join()) wrong.push(`${id}: ${stderr}`);
  }
  return { wrong, moments };
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}
