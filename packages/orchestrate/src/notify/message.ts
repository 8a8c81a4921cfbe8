import { createHash } from 'node:crypto';
import { jsonObject } from '../record/read-line.ts';

/** The beginning of every event that we write; a half line may stand in front of it. */
const BEGINNING = '{"v":1,';

/** One event as it is told to somebody. */
export interface Message {
  /** The same for an event however often it is told, so that a receiver can drop repeats. */
  readonly id: string;
  readonly type: string;
  /** When it happened, RFC 3339. */
  readonly at: string;
  readonly event: Readonly<Record<string, unknown>>;
  /** The event as it stands in the log. */
  readonly line: string;
  readonly runId: string | undefined;
  readonly repository: string;
}

/** Returns the event of a line of the log; nothing for half a line, and what stands whole behind one. Pure. */
export function eventIn(line: string): { line: string; event: Record<string, unknown> } | undefined {
  const event = parsed(line);
  if (event !== undefined) return { line, event };
  const at = line.lastIndexOf(BEGINNING);
  if (at <= 0) return undefined;
  const rest = parsed(line.slice(at));
  return rest === undefined ? undefined : { line: line.slice(at), event: rest };
}

/** Makes the message of an event. */
export function messageOf(
  { line, event }: { readonly line: string; readonly event: Readonly<Record<string, unknown>> },
  of: Pick<Message, 'runId' | 'repository'>,
): Message {
  const id = `msg_${createHash('sha256').update(line).digest('hex').slice(0, 32)}`;
  return { id, type: String(event['type']), at: String(event['at']), event, line, ...of };
}

/** Returns the body of a webhook: the event, byte for byte as it is in the log, in the envelope of Standard Webhooks. */
export function bodyOf({ id, type, at, line, runId, repository }: Message): string {
  const head = JSON.stringify({ type, timestamp: at, id, run_id: runId ?? null, repository });
  return `${head.slice(0, -1)},"data":${line}}`;
}

function parsed(line: string): Record<string, unknown> | undefined {
  const event = jsonObject(line);
  return typeof event?.['type'] === 'string' && typeof event['at'] === 'string' ? event : undefined;
}
