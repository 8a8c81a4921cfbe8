import { isAbsolute, join } from 'node:path';
import { LONGEST_SECONDS } from '@ralph/protocol/contract/duration';
import type { Settled } from './layers.ts';

/** What a run itself goes by. */
export interface Settings {
  readonly workers: number;
  /** Absolute, or nothing where the worker's own default serves. */
  readonly workspaceRoot: string | undefined;
  /** How long the record of a task is kept after its end. */
  readonly retentionSeconds: number;
}

/** Returns what a run itself goes by; all else is handed on. */
export function settingsOf(settled: Settled, root: string, home = process.env['HOME']): Settings {
  const chosenRoot = settled.chosen('parallel.workspace_root');
  return {
    workers: settled.value('parallel.workers'),
    workspaceRoot: chosenRoot === undefined || chosenRoot === null ? undefined : expandRoot(chosenRoot, root, home),
    retentionSeconds: Math.min(settled.value('parallel.workspace_retention_hours') * 3600, LONGEST_SECONDS),
  };
}

/**
 * Expands a workspace root as the reference does (part A2): `~` is the home folder where there is one, a relative path
 * starts at the repository.
 */
export function expandRoot(path: string, root: string, home: string | undefined): string {
  if (home !== undefined && home !== '' && /^~(?:\/|$)/.test(path)) return join(home, path.slice(1));
  return isAbsolute(path) ? path : join(root, path);
}
