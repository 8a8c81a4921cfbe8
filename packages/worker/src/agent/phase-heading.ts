import { appendFileSync } from 'node:fs';
import type { KeptLog, LogTail } from '@ralph/protocol/process/kept-log';
import { withoutEscapes } from '@ralph/protocol/process/log-lines';
import type { Step } from './agent-plan.ts';

/** Says in the log of an attempt which part of the task begins. What was printed before may have ended in the middle of a line. */
export function writeHeading(logPath: string, step: Step, log: KeptLog): void {
  appendFileSync(logPath, `${log.bytes === 0 ? '' : '\n'}${headingOf(step)}`);
}

/** Returns what of the end of a log the agent of one of several parts has printed: the words of those before are not its own. Pure. */
export function ownTail(tail: LogTail, step: Step, steps: readonly Step[]): LogTail {
  if (steps.length === 1) return tail;
  const heading = headingOf(step);
  const at = `\n${tail.text}`.lastIndexOf(`\n${heading}`);
  return at === -1 ? tail : { text: tail.text.slice(at + heading.length), cut: false };
}

/** Returns the words of one that prints plain text; nothing when there is more than the end of a log has. Pure. */
export function plainWords({ text, cut }: LogTail): string {
  return cut ? '' : withoutEscapes(text).replaceAll('\r', '\n');
}

function headingOf({ phase, call }: Step): string {
  const who = [call.name, call.model].filter((word) => word !== undefined).join(' ');
  return `== ${phase}${who === '' ? '' : ` (${who})`}\n`;
}
