import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { commitId } from '@ralph/protocol/contract/envelope';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';

/** What a workspace says about itself, in its git folder where no agent's clean-up of files reaches it. */
const workspaceMarker = z.looseObject({
  task_id: z.string().min(1),
  attempt: z.int().min(1),
  base_commit: commitId,
  target_branch: z.string().min(1),
  repo_root: z.string().min(1),
  /** Made for a person, given to an agent, or handed on as ready. An agent that is gone never ends `running`. */
  phase: z.enum(['prepared', 'running', 'finished']).default('running'),
});

export type WorkspaceMarker = z.infer<typeof workspaceMarker>;

const MARKER = '.git/ralph/workspace.json';

/** Returns the file that holds the agent's prompt. */
export function promptPath(workspace: string): string {
  return join(workspace, '.git/ralph/prompt.md');
}

/** Writes what a workspace says about itself, in one step. */
export function writeMarker(workspace: string, marker: WorkspaceMarker): void {
  const path = join(workspace, MARKER);
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.next`;
  writeFileSync(next, `${JSON.stringify(marker, null, 2)}\n`);
  renameSync(next, path);
}

/** Reads what a workspace says about itself; nothing when it says nothing that can be read. */
export function readMarker(workspace: string): WorkspaceMarker | undefined {
  try {
    const value: unknown = JSON.parse(readTextIfPresent(join(workspace, MARKER)) ?? 'null');
    return workspaceMarker.safeParse(value).data;
  } catch {
    return undefined;
  }
}
