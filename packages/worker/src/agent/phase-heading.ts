import { appendFileSync } from 'node:fs';
import type { KeptLog } from '@ralph/protocol/process/kept-log';
import type { Step } from './agent-plan.ts';

/** Says in the log of an attempt which part of the task begins. What was printed before may have ended in the middle of a line. */
export function writeHeading(logPath: string, { phase, call }: Step, log: KeptLog): void {
  const who = [call.name, call.model].filter((word) => word !== undefined).join(' ');
  const begin = log.bytes === 0 ? '' : '\n';
  appendFileSync(logPath, `${begin}== ${phase}${who === '' ? '' : ` (${who})`}\n`);
}
