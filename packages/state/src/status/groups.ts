import { PUBLISHED } from '@ralph/protocol/contract/lifecycle';
import type { RecordFacts } from './facts.ts';

/** What is left of a task, or missing, that should not be so. */
export interface Drift {
  readonly facts: RecordFacts;
  readonly what: string;
}

/** The records by what they mean to a person, each in the order of the state file. */
export interface Groups {
  readonly running: readonly RecordFacts[];
  /** Finished by the agent; counted as running. */
  readonly waiting: readonly RecordFacts[];
  readonly integrating: readonly RecordFacts[];
  readonly lost: readonly RecordFacts[];
  readonly completed: readonly RecordFacts[];
  /** Failed, and not asked for again. */
  readonly failed: readonly RecordFacts[];
  /** Blocked, and not asked for again. */
  readonly blocked: readonly RecordFacts[];
  /** Published for a review, and not asked for again; the state file calls them blocked. */
  readonly published: readonly RecordFacts[];
  readonly requested: readonly RecordFacts[];
  /** Blocked work that is still there. */
  readonly retained: readonly RecordFacts[];
  readonly drift: readonly Drift[];
}

type Group = Exclude<keyof Groups, 'retained' | 'drift'>;

export function groupRecords(records: readonly RecordFacts[]): Groups {
  const of = (group: Group) => records.filter((facts) => groupOf(facts) === group);
  return {
    running: of('running'),
    waiting: of('waiting'),
    integrating: of('integrating'),
    lost: of('lost'),
    completed: of('completed'),
    failed: of('failed'),
    blocked: of('blocked'),
    published: of('published'),
    requested: of('requested'),
    retained: records.filter(({ record, workspaceIsThere }) => record.lifecycle === 'blocked_push' && workspaceIsThere),
    drift: records.flatMap((facts) => driftOf(facts).map((what) => ({ facts, what }))),
  };
}

function groupOf({ record, activity }: RecordFacts): Group {
  switch (record.lifecycle) {
    case 'completed':
      return 'completed';
    case 'failed':
      return record.retry_requested_at === undefined ? 'failed' : 'requested';
    case 'blocked_push':
      if (record.retry_requested_at !== undefined) return 'requested';
      return record.error_code === PUBLISHED ? 'published' : 'blocked';
    case 'running':
    case 'integrating':
      if (activity === 'lost') return 'lost';
      return activity === 'waiting' ? 'waiting' : record.lifecycle;
  }
}

/** Says what does not fit a record that has ended; one that was asked for again is put in order by its next attempt. */
function driftOf({ record, workspaceIsThere, marker }: RecordFacts): string[] {
  if (record.retry_requested_at !== undefined) return [];
  const unreadable = marker === 'unreadable' ? ['its blocked marker cannot be read'] : [];
  switch (record.lifecycle) {
    case 'running':
    case 'integrating':
      return [];
    case 'blocked_push':
      if (workspaceIsThere) return unreadable;
      // What was published is on the remote, and is found there without its workspace.
      return record.error_code === PUBLISHED ? [] : ['its workspace is missing'];
    case 'completed':
    case 'failed':
      return [
        ...(workspaceIsThere ? ['its workspace is still there'] : []),
        ...(marker === 'present' ? ['its blocked marker is still there'] : []),
        ...unreadable,
      ];
  }
}
