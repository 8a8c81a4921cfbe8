import type { Activity } from '../contract/activity.ts';
import type { Doing } from './said.ts';

/** What is longer is cut off: it is to be looked at, not kept. */
const LONGEST = 300;

/** So much is looked through for secrets: one that begins before that ends before that, too. */
const SEARCHED = 16 * 1024;

/** Returns what an agent does as others may see it: in one short line, without secrets. */
export function shownActivity({ kind, text, tool }: Doing, redact: (text: string) => string): Activity {
  return { kind, text: oneLine(text, redact), ...(tool === undefined ? {} : { tool: redact(tool) }) };
}

/** Returns a text as one short line without secrets. */
export function oneLine(text: string, redact: (text: string) => string): string {
  const flat = redact(text.slice(0, SEARCHED)).replaceAll(/\s+/g, ' ').trim();
  return flat.length <= LONGEST ? flat : `${flat.slice(0, LONGEST - 1)}…`;
}
