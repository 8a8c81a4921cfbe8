import type { AnyEvent, EventOf, EventType } from '@ralph/protocol/contract/events';
import { activityText } from '@ralph/protocol/agents/activity-text';
import { isReady } from '@ralph/protocol/contract/agent-end';
import { cellText } from './cell-text.ts';

export type Phase = 'preparing' | 'agent' | 'ending' | 'rebase' | 'waiting' | 'gate' | 'conflict' | 'resolver' | 'push';

/** What the gates say of the work as it is now: `passed` those that were asked so far, `known` without being run. */
export type Ci = 'none' | 'running' | 'passed' | 'known' | 'red';

/** A task at work. */
export interface Row {
  readonly id: string;
  readonly title: string;
  readonly phase: Phase;
  /** When it was taken up, in ms of the wall clock. */
  readonly since: number;
  readonly lastLine: string;
  /** Whether its agent says what it does in a form that is known: its lines are no words for a person then. */
  readonly speaks: boolean;
  /** Which of the known agents it is, and which part of the task it does. */
  readonly agent: string;
  readonly part: string;
  /** Where its agent works, and where its output goes. */
  readonly workspacePath: string | undefined;
  readonly logPath: string | undefined;
  /** Its number among those that have come to be integrated; nothing before. */
  readonly arrival: number | undefined;
  readonly ci: Ci;
  /** The gates that run, or the one that was red, by their names; one alone may have none. */
  readonly gates: readonly string[];
  /** How many it has passed as it is now. */
  readonly passed: number;
  /** The task for which the gate runs that judges this one with it. */
  readonly judgedBy: string | undefined;
  /** How often a resolver was called. */
  readonly remedy: number;
}

const UNJUDGED = { ci: 'none', gates: [], passed: 0, judgedBy: undefined } as const;

/** Returns a task of which nothing is known but when it was first heard of. */
export function newRow(id: string, since: number): Row {
  return {
    id,
    title: '',
    phase: 'preparing',
    since,
    lastLine: '',
    speaks: false,
    agent: '',
    part: '',
    workspacePath: undefined,
    logPath: undefined,
    arrival: undefined,
    remedy: 0,
    ...UNJUDGED,
  };
}

type Steps = { readonly [T in EventType]?: (row: Row, event: EventOf<T>, arrivals: number) => Row };

const STEPS: Steps = {
  'task.selected': (row, { at, title, how }, arrivals) => {
    const fresh = { ...newRow(row.id, Date.parse(at)), title: titleOf(title, row) };
    return how === 'start' ? fresh : arrived(fresh, arrivals);
  },
  'workspace.ready': (row) => ({ ...row, phase: 'preparing' }),
  'agent.started': (row, { title, workspace_path: workspacePath, log_path: logPath, agent, phase }) => {
    const who = { agent: cellText(agent?.name ?? ''), part: phase ?? '' };
    // What another part of the task has said, and in which form, says nothing of this one.
    const unheard = { lastLine: '', speaks: false };
    return { ...row, ...who, ...unheard, phase: 'agent', title: titleOf(title, row), workspacePath, logPath };
  },
  'agent.progress': (row, { activity, last_line: line }) => {
    if (activity === undefined) return { ...row, lastLine: cellText(line) };
    return { ...row, lastLine: cellText(activityText(activity)), speaks: true };
  },
  'agent.finished': (row, event, arrivals) => {
    const lastLine = cellText(event.last_lines?.at(-1) ?? row.lastLine);
    const done: Row = { ...row, title: titleOf(event.title, row), lastLine };
    return isReady(event) ? arrived(done, arrivals) : { ...done, phase: 'ending' };
  },
  'integrate.started': (row, _, arrivals) => arrived(row, arrivals),
  'rebase.done': (row) => ({ ...row, ...UNJUDGED, phase: 'waiting' }),
  'rebase.conflicted': (row) => ({ ...row, ...UNJUDGED, phase: 'conflict' }),
  'ci.started': (row, event) => {
    const others = row.phase === 'gate' && row.judgedBy === undefined ? row.gates : [];
    return { ...row, phase: 'gate', ci: 'running', gates: [...others, nameOf(event.gate)], judgedBy: undefined };
  },
  'ci.passed': (row, event) => passed(row, event.cached, nameOf(event.gate)),
  'ci.failed': (row, { gate }) => {
    return { ...row, phase: 'waiting', ci: 'red', gates: [nameOf(gate)], judgedBy: undefined };
  },
  'remediation.started': (row, { remedy }) => ({ ...row, phase: 'resolver', remedy }),
  'remediation.finished': (row, { result }) => {
    return result === 'resolved' ? { ...row, ...UNJUDGED, phase: 'rebase' } : row;
  },
  'push.rejected': (row) => ({ ...row, phase: 'push' }),
};

/**
 * Returns a task at work after one of its events; the very same where that says nothing of it. Pure.
 *
 * @param arrivals how many have come to be integrated before
 */
export function rowAfter(row: Row, event: AnyEvent, arrivals: number): Row {
  const step = STEPS[event.type] as ((row: Row, event: AnyEvent, arrivals: number) => Row) | undefined;
  return step?.(row, event, arrivals) ?? row;
}

/**
 * Returns a task that is judged together with another one, after an event of that other's. Pure.
 *
 * @param judged the other one, after the event
 */
export function rowBelow(row: Row, judged: Row): Row {
  const { phase, ci, gates, passed: count } = judged;
  if (phase === 'gate') return { ...row, phase, ci, gates, judgedBy: judged.id };
  if (phase === 'push') return { ...row, phase, ci, gates, passed: count, judgedBy: judged.id };
  return { ...row, ...UNJUDGED, phase: 'waiting' };
}

/** Several gates may run side by side. */
function passed(row: Row, cached: boolean, name: string): Row {
  const gates = row.phase === 'gate' ? row.gates.filter((gate) => gate !== name) : [];
  const done = { ...row, gates, passed: row.passed + 1, judgedBy: undefined };
  if (gates.length > 0) return done;
  return { ...done, phase: 'push', ci: cached ? 'known' : 'passed' };
}

function arrived(row: Row, arrivals: number): Row {
  return { ...row, phase: 'rebase', arrival: row.arrival ?? arrivals };
}

function titleOf(told: string | undefined, { title }: Row): string {
  return told === undefined ? title : cellText(told);
}

function nameOf(gate: string | undefined): string {
  return cellText(gate ?? '');
}
