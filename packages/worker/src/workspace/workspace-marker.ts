import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lightJson } from '@ralph/protocol/contract/light-json';
import * as z from 'zod';
import { commitId } from '@ralph/protocol/contract/envelope';
import type { Phase } from '@ralph/protocol/contract/phases';
import { usage } from '@ralph/protocol/contract/usage';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { syncFolder } from '@ralph/protocol/process/sync-folder';

/** What `agent.finished` tells of an attempt whose work is ready, for whoever has not heard it. */
const finishedWork = z.looseObject({
  at: z.string(),
  head_commit: commitId,
  commits: z.int().min(1),
  changed_files: z.int().min(0),
  log_path: z.string(),
  duration_ms: z.int().min(0),
  title: z.string().optional(),
  command: z.array(z.string()).optional(),
  prompt: z.enum(['stdin', 'file']).optional(),
  resume_command: z.array(z.string()).optional(),
  session: z.string().optional(),
  session_usage: usage.optional(),
  usage: usage.optional(),
});

/** What a workspace says about itself, in its git folder where no agent's clean-up of files reaches it. */
const workspaceMarker = z.looseObject({
  task_id: z.string().min(1),
  attempt: z.int().min(1),
  base_commit: commitId,
  target_branch: z.string().min(1),
  repo_root: z.string().min(1),
  /** Made for a person, given to an agent, or handed on as ready. An agent that is gone never ends `running`. */
  phase: z.enum(['prepared', 'running', 'finished']).default('running'),
  finished: finishedWork.optional(),
});

export type WorkspaceMarker = z.infer<typeof workspaceMarker>;

export type FinishedWork = z.infer<typeof finishedWork>;

const MARKER = '.git/ralph/workspace.json';

/**
 * Returns the file that holds the agent's prompt. That of the phase in which the work is done stays as it was: whoever
 * mends the work is told from it what the task was.
 */
export function promptPath(workspace: string, phase: Phase = 'task'): string {
  const isDoing = phase === 'task' || phase === 'implement';
  return join(workspace, `.git/ralph/${isDoing ? 'prompt' : `prompt.${phase}`}.md`);
}

/** Writes what a workspace says about itself, in one step. */
export function writeMarker(workspace: string, marker: WorkspaceMarker): void {
  const path = join(workspace, MARKER);
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.next`;
  writeFileSync(next, textOf(marker));
  renameSync(next, path);
}

/**
 * Writes that the work of a workspace is ready; it is on the disk before anybody is told, so that work whose end was
 * never heard of is still known as finished. Nothing that an agent has put in the place of the file is followed.
 */
export function writeFinished(workspace: string, marker: WorkspaceMarker, finished: FinishedWork): void {
  const path = join(workspace, MARKER);
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.next`;
  rmSync(next, { recursive: true, force: true });
  const descriptor = openSync(next, 'wx');
  try {
    writeFileSync(descriptor, textOf({ ...marker, phase: 'finished', finished }));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(next, path);
  syncFolder(dirname(path));
}

function textOf(marker: WorkspaceMarker): string {
  return `${JSON.stringify(marker, null, 2)}\n`;
}

/** Reads what a workspace says about itself; nothing when it says nothing that can be read. */
export function readMarker(workspace: string): WorkspaceMarker | undefined {
  try {
    const value: unknown = lightJson(readTextIfPresent(join(workspace, MARKER)) ?? 'null');
    return workspaceMarker.safeParse(value).data;
  } catch {
    return undefined;
  }
}
