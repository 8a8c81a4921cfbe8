import { recordedTree, type RecordedTree } from '../contract/tree-record.ts';
import { isGroupOfTree } from './cgroup-place.ts';
import type { ProcessTree } from './process-tree.ts';

/** Returns what is written down about a tree, to be found by when we are gone. */
export function recordOf(attempt: number, { identity, signs }: ProcessTree): RecordedTree {
  const { mark, cgroup } = signs;
  return { attempt, ...identity, mark, ...(cgroup === undefined ? {} : { cgroup }) };
}

/**
 * Returns the tree that was written down as this; nothing when it makes no sense. A control group that is not surely the
 * one of this tree is left out, and so left alone.
 */
export function treeIn(value: unknown): RecordedTree | undefined {
  const { data } = recordedTree.safeParse(value);
  if (data?.cgroup === undefined || isGroupOfTree(data.cgroup, data.mark)) return data;
  return { ...data, cgroup: undefined };
}
