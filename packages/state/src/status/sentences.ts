import type { QueueLock, RecordFacts } from './facts.ts';
import type { Groups } from './groups.ts';
import type { Situation } from './situation.ts';

/** How many tasks a sentence names. */
const MOST_NAMED = 10;

const LONGEST_REASON = 200;

/** Returns the headline of a situation (reference: part A17). */
export function headlineOf(situation: Situation): string {
  switch (situation.kind) {
    case 'queue_lock':
      return `Parallel execution is stalled on queue lock ${LOCK_NEEDS[situation.lock.condition]}.`;
    case 'not_started':
      return 'Parallel execution has not started.';
    case 'in_progress':
      return 'Parallel execution is in progress.';
    case 'workers_lost':
    case 'work_waiting':
    case 'failed':
      return 'Parallel execution needs operator attention.';
    case 'blocked':
      return 'Parallel execution is blocked on worker integration.';
    case 'in_review':
      return 'Parallel execution waits for reviews.';
    case 'drift':
      return 'Parallel execution is idle with cleanup drift.';
    case 'idle':
      return 'Parallel execution is idle.';
  }
}

const LOCK_NEEDS: Readonly<Record<QueueLock['condition'], string>> = {
  live: 'contention',
  stale: 'recovery',
  missing: 'metadata recovery',
  unreadable: 'metadata recovery',
};

/** Returns what is the case, in sentences: first what the headline is about, then what else there is to know. */
export function detailOf(situation: Situation, groups: Groups): string {
  return [lead(situation, groups), ...groupSentences(groups)].join(' ');
}

function lead(situation: Situation, groups: Groups): string {
  switch (situation.kind) {
    case 'queue_lock':
      return lockSentence(situation.lock);
    case 'not_started':
      return 'There is no parallel state in this repository.';
    case 'in_progress':
      return `${groups.running.length} running, ${groups.integrating.length} integrating, ${groups.waiting.length} waiting for integration.`;
    case 'workers_lost':
      return 'The processes of these tasks are gone, and nobody else is at work.';
    case 'work_waiting':
      return 'Nobody is there to integrate what the agents have finished; its commits are parked under refs/ralph/attempts/.';
    case 'blocked':
      return 'Nobody is at work, and finished work could not be integrated.';
    case 'failed':
      return 'Nobody is at work. Look at why the tasks failed before they are run again.';
    case 'in_review':
      return 'Nobody is at work. Finished work is published on branches of its own.';
    case 'drift':
      return 'Nobody is at work, but what is on disk does not fit the records.';
    case 'idle':
      return 'Nobody is at work.';
  }
}

function lockSentence({ path, condition, pid, label, startedAt }: QueueLock): string {
  const what = [label, startedAt === undefined ? undefined : `since ${startedAt}`].filter((text) => text !== undefined);
  const of = what.length === 0 ? '' : ` (${what.join(', ')})`;
  switch (condition) {
    case 'live':
      return `Process ${pid}${of} holds ${path}, but no task is being worked on.`;
    case 'stale':
      return `Process ${pid}${of} has left ${path} behind: it is gone.`;
    case 'missing':
      return `${path} does not say who holds it: its owner file is missing.`;
    case 'unreadable':
      return `${path} does not say who holds it: its owner file cannot be read.`;
  }
}

function groupSentences(groups: Groups): string[] {
  return [
    sentence('Lost', groups.lost.map(named)),
    sentence('Waiting for integration', groups.waiting.map(named)),
    sentence('Operator action required', groups.blocked.map(withReason)),
    sentence('Awaiting review', groups.published.map(withReason)),
    sentence('Retryable failures', groups.failed.map(withReason)),
    sentence('Retry requested', groups.requested.map(named)),
    sentence('Retained for recovery', groups.retained.map(named)),
    sentence(
      'Cleanup drift',
      groups.drift.map(({ facts, what }) => `${named(facts)} (${what})`),
    ),
    sentence('Integrated successfully', groups.completed.map(named)),
  ].filter((text) => text !== '');
}

function sentence(what: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const more = items.length > MOST_NAMED ? ` and ${items.length - MOST_NAMED} more` : '';
  return `${what}: ${items.slice(0, MOST_NAMED).join(', ')}${more}.`;
}

function named({ record }: RecordFacts): string {
  return record.task_id;
}

function withReason(facts: RecordFacts): string {
  const reason = reasonOf(facts);
  return reason === '' ? named(facts) : `${named(facts)} (${reason})`;
}

/** Returns the first line of why a task ended as it did, cut where it is long; empty when nobody said. */
export function reasonOf({ record }: RecordFacts): string {
  const line = (record.last_error ?? '').split('\n', 1)[0] ?? '';
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)}…` : line;
}
