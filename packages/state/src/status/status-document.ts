import type { Lifecycle } from '@ralph/protocol/contract/lifecycle';
import type { StatusDocument } from '@ralph/protocol/contract/status-document';
import { blockingOf } from './blocking.ts';
import type { StatusFacts } from './facts.ts';
import { groupRecords, type Groups } from './groups.ts';
import { nextSteps } from './next-steps.ts';
import { detailOf, headlineOf } from './sentences.ts';
import { situationOf } from './situation.ts';

/** What stands for the state file where there is none (reference: part A17). */
const NO_STATE = { schema_version: 3, workers: [], message: 'No parallel state found' };

/** Returns the status document for what was found, and the groups that its human form shows. Pure. */
export function statusOf(facts: StatusFacts): { readonly document: StatusDocument; readonly groups: Groups } {
  const groups = groupRecords(facts.records);
  const situation = situationOf(facts, groups);
  const detail = detailOf(situation, groups);
  const steps = nextSteps(situation, groups, facts);
  const found = blockingOf(situation, groups, {
    detail,
    suggested: steps[0]?.command ?? '',
    at: facts.now.toISOString(),
  });
  const blocking = found === undefined ? {} : { blocking: found };
  const document: StatusDocument = {
    version: 3,
    lifecycle_counts: countsOf(facts, groups),
    ...blocking,
    continuation: { headline: headlineOf(situation), detail, ...blocking, next_steps: steps },
    lost: groups.lost.map(({ record }) => record.task_id),
    queue: queueOf(facts),
    status: facts.state ?? NO_STATE,
  };
  return { document, groups };
}

function queueOf({ queue }: StatusFacts): StatusDocument['queue'] {
  return 'error' in queue ? { error: { ...queue.error } } : { ...queue, waiting: { ...queue.waiting } };
}

function countsOf({ records }: StatusFacts, groups: Groups): StatusDocument['lifecycle_counts'] {
  const number = (wanted: Lifecycle) => records.filter(({ record }) => record.lifecycle === wanted).length;
  return {
    running: groups.running.length + groups.waiting.length,
    integrating: groups.integrating.length,
    completed: number('completed'),
    failed: number('failed'),
    blocked: number('blocked_push'),
    lost: groups.lost.length,
    total: records.length,
  };
}
