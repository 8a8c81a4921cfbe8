import { STATE_SCHEMA_VERSION } from '@ralph/protocol/contract/lifecycle';
import type { StateFile, WorkerRecord } from '@ralph/protocol/contract/state-file';
import { inOrder, isPlainState } from './plain-state.ts';
import { parseDocument } from './read-document.ts';

/** Returns a state without records. */
export function emptyState(targetBranch: string, startedAt: string): StateFile {
  return { schema_version: STATE_SCHEMA_VERSION, started_at: startedAt, target_branch: targetBranch, workers: [] };
}

/**
 * Reads the text of a state file of version 3, or of an earlier one without its records.
 *
 * @throws Failure `state_newer` for a version that we do not know, `state_corrupt` with the position
 */
export async function parseState(text: string, path: string): Promise<StateFile> {
  const value = await parseDocument(text, path, 'state_corrupt');
  if (isPlainState(value)) return value;
  const { checkedState } = await import('./checked-state.ts');
  return checkedState(value, text, path);
}

/** Tells whether two records say the same, whatever the order of their fields. */
export function isSameRecord(a: WorkerRecord, b: WorkerRecord): boolean {
  return a === b || JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b));
}

/** Returns how many changes a state has seen. */
export function revisionOf(state: StateFile | undefined): number {
  return state?.revision ?? 0;
}

/** Returns the revision after so many more changes; behind the last number that JSON keeps exactly, it begins anew. */
export function revisionAfter(state: StateFile, changes = 1): number {
  const next = revisionOf(state) + changes;
  return Number.isSafeInteger(next) ? next : changes;
}
