import { join } from 'node:path';
import { isFailure } from '@ralph/protocol/contract/failure';
import { loopOf } from '@ralph/protocol/process/repository';
import { callSibling } from '@ralph/protocol/process/sibling';
import type { RunPlan } from '../settings/plan-run.ts';

export interface MadeLoop {
  readonly name: string;
  readonly branch: string;
  readonly path: string;
  readonly main: string;
}

/**
 * Has a worktree made for a second loop.
 *
 * @throws Failure of ralph-worker: `loop_unavailable`, `origin_unreachable`, `push_denied`
 */
export async function makeSecondLoop(main: string, onNote: (line: string) => void): Promise<MadeLoop> {
  const [made = {}] = await callSibling('ralph-worker', ['worktree', 'add', '--repo', main], onNote);
  return { name: String(made['name']), branch: String(made['branch']), path: String(made['path']), main };
}

/** Has a second loop removed in which nothing was done; that it stays is told, and is no failure. */
export async function takeBackLoop({ name, main }: MadeLoop, onNote: (line: string) => void): Promise<void> {
  try {
    await callSibling('ralph-worker', ['worktree', 'remove', name, '--repo', main], onNote);
    onNote(`nothing was done in the second loop ${name}: it is removed again`);
  } catch (error) {
    if (!isFailure(error)) throw error;
    onNote(`the second loop ${name} stays: ${error.message}; next: ralph-worker worktree remove ${name}`);
  }
}

/** Tells whether a loop holds the lock of a repository now; looking takes nothing. */
export async function isBusy(root: string): Promise<boolean> {
  const [lock] = await callSibling('ralph-lock', ['status', '--repo', root]);
  return lock?.['locked'] === true;
}

/** Returns a plan whose workspaces are apart from those of the other loops, wherever the configuration puts them. */
export function apartFromOthers(plan: RunPlan): RunPlan {
  const loop = loopOf(plan.root);
  const chosen = plan.settings.workspaceRoot;
  if (loop === undefined || chosen === undefined) return plan;
  return { ...plan, settings: { ...plan.settings, workspaceRoot: join(chosen, '.loops', loop.name) } };
}
