import type { AnyEvent } from '@ralph/protocol/contract/events';

/** What is left of an attempt that did not land, for somebody who looks for the cause. */
export interface TaskWords {
  /** The last lines of its output that say something. */
  readonly lastLines: readonly string[];
  /** The end of what the red gate has printed. */
  readonly gateTail: string | undefined;
  /** Of the agent, or of the resolver that came after it. */
  readonly logPath: string | undefined;
  readonly gateLogPath: string | undefined;
  readonly salvageRef: string | undefined;
}

export const NO_WORDS: TaskWords = {
  lastLines: [],
  gateTail: undefined,
  logPath: undefined,
  gateLogPath: undefined,
  salvageRef: undefined,
};

const MOST_LINES = 20;
const MOST_CHARACTERS = 4000;

/** Returns the words of a task after one of its events; what is told of an earlier attempt is forgotten. Pure. */
export function afterWords(words: TaskWords, event: AnyEvent): TaskWords {
  if (event.type === 'task.selected' || event.type === 'task.completed' || event.type === 'task.published')
    return NO_WORDS;
  if (event.type === 'agent.finished' || event.type === 'remediation.finished') {
    const logPath = event.type === 'agent.finished' ? event.log_path : words.logPath;
    return { ...words, logPath, lastLines: cut(event.last_lines ?? []) };
  }
  if (event.type === 'remediation.started') return { ...words, logPath: event.log_path };
  if (event.type === 'ci.failed')
    return { ...words, gateLogPath: event.log_path, gateTail: event.tail.slice(-MOST_CHARACTERS) };
  if (event.type === 'ci.passed') return { ...words, gateTail: undefined, gateLogPath: undefined };
  if (event.type === 'work.salvaged') return { ...words, salvageRef: event.ref };
  if (event.type !== 'task.failed') return words;
  const { last_lines: lines, log_path: logPath = words.logPath, salvage_ref: salvageRef = words.salvageRef } = event;
  return { ...words, logPath, salvageRef, ...(lines === undefined ? {} : { lastLines: cut(lines) }) };
}

function cut(lines: readonly string[]): string[] {
  return lines.slice(-MOST_LINES).map((line) => line.slice(0, MOST_CHARACTERS));
}
