import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { lightJson } from '@ralph/protocol/contract/light-json';
import * as z from 'zod';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import type { Candidate } from '../candidate/candidate.ts';
import { objectsOf } from '../site/git-folder.ts';

/** What ralph-worker writes into the git folder of a workspace, as far as it matters here. */
const workspaceMarker = z.looseObject({
  task_id: z.string(),
  attempt: z.int(),
  base_commit: z.string(),
  repo_root: z.string(),
  finished: z.looseObject({ title: z.string().optional() }).optional().catch(undefined),
});

export type WorkspaceMarker = z.infer<typeof workspaceMarker>;

/** Reads what a workspace says about itself; nothing when it says nothing that can be read. */
export function readWorkspaceMarker(gitDir: string): WorkspaceMarker | undefined {
  try {
    const value: unknown = lightJson(readTextIfPresent(join(gitDir, 'ralph/workspace.json')) ?? 'null');
    return workspaceMarker.safeParse(value).data;
  } catch {
    return undefined;
  }
}

/**
 * Tells why a repository is not the workspace of an attempt at a task of the main repository; nothing when it is. It
 * says so itself, or else it borrows the objects of the main repository.
 */
export function whyForeign(
  root: string,
  gitDir: string,
  marker: WorkspaceMarker | undefined,
  { taskId, attempt }: Candidate,
): string | undefined {
  if (marker === undefined) {
    return borrowsFrom(root, gitDir) ? undefined : 'not a workspace of this repository';
  }
  if (marker.repo_root !== root) return `a workspace of another repository (${marker.repo_root})`;
  if (marker.task_id !== taskId || marker.attempt !== attempt)
    return `the workspace of attempt ${marker.attempt} at ${marker.task_id}`;
  return undefined;
}

/** Tells whether a repository borrows the objects of the main one. */
export function borrowsFrom(root: string, gitDir: string): boolean {
  const objects = objectsOf(root);
  const listed = readTextIfPresent(join(gitDir, 'objects/info/alternates')) ?? '';
  return listed.split('\n').some((path) => existsSync(path) && realpathSync(path) === objects);
}
