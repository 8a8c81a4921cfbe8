import { commandLine } from '@ralph/protocol/cli/shell-words';
import type { NextStep } from '@ralph/protocol/contract/status-document';
import type { StatusFacts } from './facts.ts';
import type { Groups } from './groups.ts';
import { lockSteps } from './lock-steps.ts';
import {
  activeSteps,
  blockedSteps,
  driftSteps,
  failedSteps,
  lostSteps,
  reviewSteps,
  step,
  waitingSteps,
  type CommandOf,
} from './record-steps.ts';
import type { Situation } from './situation.ts';

/** Returns what a person types next, most urgent first: commands that a shell takes as they stand. */
export function nextSteps(situation: Situation, groups: Groups, facts: StatusFacts): NextStep[] {
  const command: CommandOf = (...words) => commandLine([...words, ...facts.repoWords]);
  const lost = groups.lost.length === 0 || facts.runIsAlive ? [] : lostSteps(groups, facts, command);
  const queue = queueSteps(facts, command);
  switch (situation.kind) {
    case 'queue_lock':
      return lockSteps(situation.lock, command('ralph-state', 'status'));
    case 'not_started':
    case 'idle':
      return queue;
    case 'in_progress':
      return [...activeSteps(groups, command), ...lost];
    case 'workers_lost':
      return [...lost, ...blockedSteps(groups, command), ...queue];
    case 'work_waiting':
      return [...waitingSteps(groups, command), ...queue];
    case 'blocked':
      return [
        ...blockedSteps(groups, command),
        ...failedSteps(groups, command),
        ...reviewSteps(groups, command),
        ...queue,
      ];
    case 'failed':
      return [...failedSteps(groups, command), ...driftSteps(groups, facts, command), ...queue];
    case 'in_review':
      return [...reviewSteps(groups, command), ...driftSteps(groups, facts, command), ...queue];
    case 'drift':
      return [...driftSteps(groups, facts, command), ...queue];
  }
}

function queueSteps({ queue }: StatusFacts, command: CommandOf): NextStep[] {
  if ('error' in queue) {
    return [
      step('See what is wrong with the queue', command('ralph-state', 'task', 'validate'), 'It names every problem.'),
    ];
  }
  if (queue.runnable > 0) {
    return [
      step(
        'See what a run would start',
        command('ralph-state', 'task', 'list', '--runnable'),
        `${queue.runnable} of ${queue.tasks} tasks can start now.`,
      ),
    ];
  }
  if (queue.tasks === 0) {
    return [step('See how to add a task', command('ralph-state', 'task', 'add', '--help'), 'The queue is empty.')];
  }
  const why = `None of ${queue.tasks} tasks can start now.`;
  return [step('See the queue', command('ralph-state', 'task', 'list'), why)];
}
