import { optionWords } from '@ralph/protocol/cli/option-words';
import type { NextStep } from '@ralph/protocol/contract/status-document';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import { resumable } from '../records/resumable.ts';
import { workspaceRootWords } from '../records/workspace-root.ts';
import type { RecordFacts, StatusFacts } from './facts.ts';
import type { Groups } from './groups.ts';

/** As if somebody had asked for it: only that it is there is looked at. */
const ASKED = new Date(0).toISOString();

/** For how many tasks of a kind steps are named. */
const MOST_TASKS = 5;

/** Makes a command of its words; it names the repository where that is needed. */
export type CommandOf = (...words: readonly string[]) => string;

/** See what is at work. */
export function activeSteps(groups: Groups, command: CommandOf): NextStep[] {
  const lifecycles = ['--lifecycle', 'running', '--lifecycle', 'integrating'];
  const logged = [...groups.running, ...groups.integrating].find(({ record }) => record.log_path !== undefined);
  const list = step(
    'See what is at work',
    command('ralph-state', 'list', ...lifecycles),
    'Each task, its age and its attempt.',
  );
  return logged === undefined ? [list] : [list, logStep(logged, command)];
}

/** Clear away what is lost and run it again. */
export function lostSteps({ lost }: Groups, { root, state }: StatusFacts, command: CommandOf): NextStep[] {
  const branch = state?.target_branch ?? '';
  const [where = []] = lost.flatMap(({ record }) =>
    [workspaceRootWords(root, record)].filter((words) => words !== undefined),
  );
  const init = ['ralph-state', 'init', ...(branch === '' ? [] : optionWords('--target-branch', branch))];
  return [
    step(
      'Clear away what lost agents left',
      command('ralph-worker', 'reap', ...where),
      'What they have not committed is kept first.',
    ),
    step('Call lost tasks failed', command(...init), 'The next run does so by itself.'),
    ...first(lost).map(({ record }) => retryStep(record, command)),
  ];
}

/** Run finished work again that nobody integrates. */
export function waitingSteps({ waiting }: Groups, command: CommandOf): NextStep[] {
  return first(waiting).map(({ record }) => retryStep(record, command));
}

/** Mend, land or run again what is blocked. */
export function blockedSteps({ blocked }: Groups, command: CommandOf): NextStep[] {
  return first(blocked).flatMap(({ record }) => {
    const { task_id: id, next_command: next, land_command: land } = record;
    return [
      step(`See what blocks ${id}`, next ?? command('ralph-state', 'get', id), 'Its work is kept in its workspace.'),
      ...(land === undefined || land === next
        ? []
        : [step(`Land ${id}`, land, 'After what blocks it has been mended.')]),
      retryStep(record, command),
    ];
  });
}

/** Find what was published on the target branch, once it was merged. */
export function reviewSteps({ published }: Groups, command: CommandOf): NextStep[] {
  return first(published).flatMap(({ record }) => [
    step(
      `Once ${record.task_id} is merged, say so`,
      record.land_command ?? command('ralph-integrate', 'one', record.task_id),
      'It is found on the target branch; until then it stays published.',
    ),
    retryStep(record, command),
  ]);
}

/** See why tasks failed and run them again. */
export function failedSteps({ failed }: Groups, command: CommandOf): NextStep[] {
  return first(failed).flatMap((facts) => {
    const { task_id: id, next_command: next, log_path: log } = facts.record;
    if (next !== undefined)
      return [step(`See why ${id} failed`, next, 'What it was told when it failed.'), retryStep(facts.record, command)];
    const look =
      log === undefined
        ? step(`See why ${id} failed`, command('ralph-state', 'get', id), 'The whole record.')
        : logStep(facts, command);
    return [look, retryStep(facts.record, command)];
  });
}

/** Put in order what does not fit the records. */
export function driftSteps({ drift }: Groups, { root }: StatusFacts, command: CommandOf): NextStep[] {
  const tasks = [...new Set(drift.map(({ facts }) => facts))];
  return first(tasks).map(({ record, workspaceIsThere }) => {
    const { task_id: id, lifecycle } = record;
    const look = (why: string) => step(`Look at ${id}`, command('ralph-state', 'get', id), why);
    if (lifecycle === 'blocked_push') {
      return workspaceIsThere ? look('Its blocked marker cannot be read.') : retryStep(record, command);
    }
    const where = workspaceRootWords(root, record);
    if (where === undefined) return look('ralph-worker has not made its workspace: see what is in it.');
    const remove = command('ralph-worker', 'remove', id, ...where);
    return step(`Remove the workspace of ${id}`, remove, 'What nobody else has is kept first.');
  });
}

function retryStep(record: WorkerRecord, command: CommandOf): NextStep {
  const { task_id: id } = record;
  const goesOn = resumable({ ...record, retry_requested_at: ASKED, retry_fresh: false }) !== undefined;
  return step(
    `Ask for ${id} again`,
    command('ralph-state', 'retry', id),
    goesOn
      ? 'The next run lands it from its kept commits, without another agent (--fresh: a new attempt).'
      : 'The next run makes a new attempt; the earlier commits are kept.',
  );
}

function logStep({ record }: RecordFacts, command: CommandOf): NextStep {
  return step(
    `Read what the agent of ${record.task_id} wrote`,
    command('ralph-worker', 'logs', record.task_id),
    'Its last attempt.',
  );
}

function first<T>(items: readonly T[]): readonly T[] {
  return items.slice(0, MOST_TASKS);
}

/** Returns one step. */
export function step(title: string, command: string, detail: string): NextStep {
  return { title, command, detail };
}
