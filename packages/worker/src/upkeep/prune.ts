import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { dropFile } from '@ralph/protocol/process/drop-file';
import { replaceFile } from '@ralph/protocol/process/durable-file';
import { sweepLeftBeside } from '@ralph/protocol/process/next-file';
import { namesIn } from '@ralph/protocol/process/names-in';
import type { Repository } from '@ralph/protocol/process/repository';
import { removeLeftObjects } from './left-objects.ts';
import { attemptRefs, dropRefs, notOnRemote } from './old-refs.ts';
import { openTasks } from './open-tasks.ts';
import { outlivedRefs } from './outlived-refs.ts';
import { packObjects, packRefs } from './pack-objects.ts';
import { dropPublications } from './publications.ts';
import { keyOf, runFile } from './run-file.ts';

export interface PruneOptions {
  /** Milliseconds since 1970: what is younger stays. */
  readonly before: number;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

export interface Pruned {
  /** Logs of agents, gates and resolvers. */
  readonly logs: number;
  readonly log_bytes: number;
  readonly refs: number;
  /** Whether git was asked to pack what is loose; it judges by itself whether there is enough of it. */
  readonly packed: boolean;
}

/**
 * Removes what earlier attempts have left and nobody is likely to ask for: logs of so long ago, and the refs of attempts
 * that have landed, once their logs are gone. Tasks that are on record, have a workspace or are claimed keep everything.
 *
 * @throws Failure of git, of ralph-state, `permission`, `io`
 */
export async function prune(repo: Repository, { before, dryRun, signal }: PruneOptions): Promise<Pruned> {
  const { root } = repo;
  const open = await openTasks(repo);
  const folder = join(root, RALPH_PATHS.logs);
  const kept = new Set<string>();
  const old: { readonly path: string; readonly bytes: number }[] = [];
  for (const name of namesIn(folder)) {
    const of = runFile(name);
    const path = join(folder, name);
    const stats = of === undefined ? undefined : lstatSync(path, { throwIfNoEntry: false });
    if (of === undefined || stats?.isFile() !== true) continue;
    if (stats.mtimeMs < before && !open.has(of.taskId)) old.push({ path, bytes: stats.size });
    else kept.add(keyOf(of));
  }
  const refs = await attemptRefs(root);
  const away = await notOnRemote(
    root,
    refs.map(({ commit }) => commit),
  );
  const outlived = outlivedRefs(refs, {
    before,
    isOnRemote: (commit) => !away.has(commit),
    isKept: (taskId, attempt) => open.has(taskId) || kept.has(keyOf({ taskId, attempt })),
  });
  const found = { logs: old.length, log_bytes: old.reduce((sum, { bytes }) => sum + bytes, 0) };
  if (dryRun) return { ...found, refs: outlived.length, packed: false };
  for (const { path } of old) dropFile(path);
  const dropped = await dropRefs(root, outlived);
  const gone = new Set(outlived.map(({ ref }) => ref));
  dropPublications(root, {
    before,
    isKept: (id) =>
      open.has(id) || refs.some(({ ref }) => ref.startsWith(`refs/ralph/published/${id}/`) && !gone.has(ref)),
  });
  if (repo.gitDir !== undefined) removeLeftObjects(join(repo.gitDir, 'objects'));
  await packRefs(root, signal);
  const packed = await packObjects(root, signal);
  // Whoever runs often goes by it.
  const stamp = join(root, RALPH_PATHS.pruned);
  sweepLeftBeside(stamp);
  await replaceFile(stamp, '');
  return { ...found, refs: dropped, packed };
}
