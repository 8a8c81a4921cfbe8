import { printable } from '@ralph/protocol/cli/printable';
import type { StatusDocument } from '@ralph/protocol/contract/status-document';
import { ageOf } from '../records/age.ts';
import type { QueueFacts, RecordFacts, StatusFacts } from './facts.ts';
import type { Groups } from './groups.ts';
import { reasonOf } from './sentences.ts';

const TITLE = 'Parallel Run Status';

/** Returns the status for a person (reference: part A17, human form), without what could move the terminal. */
export function statusText(document: StatusDocument, groups: Groups, { state, queue, now }: StatusFacts): string {
  const { headline, detail, blocking, next_steps: steps } = document.continuation;
  const counts = document.lifecycle_counts;
  const lines = [
    headline,
    detail,
    ...(blocking === undefined ? [] : [`Operator state: ${blocking.status}`, blocking.message]),
    '',
    TITLE,
    '='.repeat(TITLE.length),
    `Schema Version: ${document.status.schema_version}`,
    ...(state === undefined
      ? ['No parallel state found']
      : [`Started: ${state.started_at}`, `Target Branch: ${state.target_branch}`]),
    '',
    `Total: ${counts.total} | Running: ${counts.running} | Integrating: ${counts.integrating} | Completed: ${counts.completed} | ` +
      `Failed: ${counts.failed} | Blocked: ${counts.blocked} | Lost: ${counts.lost}`,
    queueLine(queue),
    ...groupLines(groups, now),
    '',
    'Next:',
    ...steps.map(({ command, detail: why }, index) => `  ${index + 1}. ${oneLine(command)} — ${oneLine(why)}`),
  ];
  return printable(`${lines.map(oneLine).join('\n')}\n`);
}

function queueLine(queue: QueueFacts): string {
  if ('error' in queue) return `Queue: ${queue.error.message}`;
  const { tasks, runnable, waiting } = queue;
  const held = Object.entries(waiting).filter(([, count]) => count > 0);
  const why = held.length === 0 ? '' : ` (waiting: ${held.map(([what, count]) => `${count} ${what}`).join(', ')})`;
  return `Queue: ${tasks} tasks, ${runnable} can start now${why}`;
}

function groupLines(groups: Groups, now: Date): string[] {
  const shown: [string, readonly string[]][] = [
    ['Running Workers:', [...groups.running, ...groups.waiting].map((facts) => atWork(facts, now))],
    ['Integrating Workers:', groups.integrating.map((facts) => atWork(facts, now))],
    ['Lost Workers:', groups.lost.map((facts) => atWork(facts, now))],
    ['Integrated Successfully:', groups.completed.map(({ record }) => record.task_id)],
    ['Retryable Failures:', groups.failed.map(ended)],
    ['Operator Action Required:', groups.blocked.map(ended)],
    ['Awaiting Review:', groups.published.map(ended)],
    ['Retry Requested:', groups.requested.map(ended)],
    ['Retained for Recovery:', groups.retained.map(({ record }) => `${record.task_id}  ${record.workspace_path}`)],
    [
      'Cleanup Drift:',
      groups.drift.map(({ facts, what }) => `${facts.record.task_id}  ${what}: ${facts.record.workspace_path}`),
    ],
  ];
  return shown.flatMap(([heading, items]) =>
    items.length === 0 ? [] : ['', heading, ...items.map((item) => `  ${oneLine(item)}`)],
  );
}

function atWork({ record, activity }: RecordFacts, now: Date): string {
  const attempt = record.attempt === undefined ? [] : [`attempt ${record.attempt}`];
  const age = ageOf(record.started_at, now);
  const waits = activity === 'waiting' ? ['waits for its integration'] : [];
  const words = [...attempt, ...(age === '' ? [] : [`for ${age}`]), ...waits].join(', ');
  return [record.task_id, words, record.title ?? ''].filter((word) => word !== '').join('  ');
}

function ended(facts: RecordFacts): string {
  const reason = reasonOf(facts);
  return reason === '' ? facts.record.task_id : `${facts.record.task_id}  ${reason}`;
}

function oneLine(text: string): string {
  return text.replaceAll('\n', ' ');
}
