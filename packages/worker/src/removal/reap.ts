import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { baseRefs, RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { isSafeTaskId } from '@ralph/protocol/contract/task-id';
import { taskOfRef } from '../refs/attempt-number.ts';
import { namesIn } from '@ralph/protocol/process/names-in';
import { sweepLeftIn } from '@ralph/protocol/process/next-file';
import { tryClaim } from '@ralph/protocol/process/task-claim';
import { draftsOf, removeDraft } from '../workspace/draft-folder.ts';
import { dropBaseRef, listRefs } from '../refs/ralph-refs.ts';
import { reapAgents } from './reap-agents.ts';
import { reapKept } from './reap-kept.ts';
import type { Reaped } from './reaped.ts';
import { removeWorkspace } from './remove-workspace.ts';
import { isNone, messageOf, sweep } from './sweep.ts';
import type { Site } from '../site/site.ts';
import { workspaceFolders } from './workspace-list.ts';
import { dropConfig, keptConfigs, sweepHalfConfigs } from '../workspace/own-config.ts';
import { readMarker } from '../workspace/workspace-marker.ts';
import { loopOf, sharedRoot } from '@ralph/protocol/process/repository';

const LEFT_BEHIND = 'its workspace was left behind by a process that is gone';

export interface ReapOptions {
  readonly all: boolean;
  /** Tasks whose workspaces are left as they are, and not told of. */
  readonly keep: readonly string[];
}

/**
 * Ends the agents of workers that are gone, and removes what such processes have left: workspaces whose agent is gone,
 * after what they hold has been kept; halves of workspaces and of what is kept for reuse; base refs, kept settings and
 * claim files that stand for nothing. A workspace that is blocked, and one that cannot be kept, stays; so does one that was prepared by
 * hand or waits for integration, and what is kept for reuse, unless `all` is set. A problem
 * with one of them is told in its row.
 */
export async function reap(site: Site, options: ReapOptions): Promise<Reaped[]> {
  const reaped = await reapAgents(site.repo.root);
  for (const { taskId, path } of workspaceFolders(site)) {
    if (options.keep.includes(taskId)) continue;
    reaped.push(await reapWorkspace(site, { taskId, path, all: options.all }));
  }
  for (const draft of draftsOf(site)) {
    const row = { task_id: draft.taskId, what: draft.path, reason: 'half a workspace' };
    reaped.push(...(await sweep(site, row, () => removeDraft(draft))));
  }
  reaped.push(...(await reapKept(site, options.all)));
  for (const { ref } of await listRefs(site.repo.root, baseRefs(loopOf(site.repo.root)?.name))) {
    const taskId = taskOfRef(ref);
    if (taskId === undefined || !isSafeTaskId(taskId) || !isNone(site, taskId)()) continue;
    const row = { task_id: taskId, what: ref, reason: 'the base of no workspace' };
    reaped.push(...(await sweep(site, row, () => dropBaseRef(site.repo.root, taskId), isNone(site, taskId))));
  }
  sweepHalfConfigs(site.repo.root);
  for (const { taskId, path } of keptConfigs(site.repo.root)) {
    if (!isNone(site, taskId)()) continue;
    const row = { task_id: taskId, what: path, reason: 'the settings of no workspace' };
    const drop = () => Promise.resolve(dropConfig(site.repo.root, taskId));
    reaped.push(...(await sweep(site, row, drop, isNone(site, taskId))));
  }
  sweepLeftIn(claimFolder(site));
  for (const taskId of claimFiles(site)) {
    const row = { task_id: taskId, what: claimFile(site, taskId), reason: 'the claim of nobody' };
    const swept = await sweep(site, row, () => Promise.resolve());
    reaped.push(...swept.filter(({ action }) => action === 'kept'));
  }
  return reaped;
}

interface Candidate {
  readonly taskId: string;
  readonly path: string;
  readonly all: boolean;
}

async function reapWorkspace(site: Site, candidate: Candidate): Promise<Reaped> {
  const { taskId, path } = candidate;
  const kept = { task_id: taskId, action: 'kept', what: path } as const;
  try {
    const claim = await tryClaim(site.repo.root, taskId, { waitMs: 0 });
    if (claim === undefined) return { ...kept, reason: 'a living process works on it' };
    try {
      const wanted = whyWanted(candidate);
      if (wanted !== undefined) return { ...kept, reason: wanted };
      const { removed, salvaged, leftover } = await removeWorkspace(site, { taskId, path, reason: LEFT_BEHIND });
      const done = {
        task_id: taskId,
        action: removed ? 'removed' : 'kept',
        what: path,
        reason: leftover?.problem ?? 'no living process claims it',
      } as const;
      return salvaged === undefined ? done : { ...done, salvage_ref: salvaged.ref };
    } finally {
      claim.release();
    }
  } catch (error) {
    return { ...kept, reason: messageOf(error) };
  }
}

/** Asked under the claim: whoever integrates may have blocked it a moment ago. */
function whyWanted({ path, all }: Candidate): string | undefined {
  if (existsSync(join(path, RALPH_PATHS.blockedMarker))) return 'blocked: kept for a person';
  if (all) return undefined;
  switch (readMarker(path)?.phase) {
    case 'prepared':
      return 'prepared by hand: --all removes it';
    case 'finished':
      return 'waits for integration: --all removes it';
    case 'running':
    case undefined:
      return undefined;
  }
}

function claimFolder({ repo }: Site): string {
  return join(sharedRoot(repo.root), RALPH_PATHS.claims);
}

function claimFile(site: Site, taskId: string): string {
  return join(claimFolder(site), `${taskId}.lock`);
}

function claimFiles(site: Site): string[] {
  return namesIn(claimFolder(site)).flatMap((name) => {
    const taskId = name.endsWith('.lock') ? name.slice(0, -'.lock'.length) : '';
    return isSafeTaskId(taskId) ? [taskId] : [];
  });
}
