import * as z from 'zod';
import { commandArgv } from './command-argv.ts';
import { EVENTS } from './events.ts';
import { globMatches } from './event-glob.ts';
import { timeValue } from './time-value.ts';

/** What a target is told of when it names no events. */
export const DEFAULT_NOTIFY_EVENTS = [
  'run.finished',
  'task.failed',
  'task.blocked',
  'run.paused',
  'run.stopping',
] as const;

/** Each target has a cursor, an open file and one delivery at a time. */
const MOST_TARGETS = 16;

/** Headers that make up the request itself, or what Standard Webhooks signs it with. */
const OUR_HEADERS = /^(?:webhook-.*|host|connection|content-(?:length|type|encoding)|transfer-encoding|user-agent)$/i;

const variableName = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, 'not the name of a variable: it is the variable that holds the secret');

const headerName = z
  .string()
  .regex(/^[\w!#$%&'*+.^`|~-]+$/, 'not a name of a header')
  .refine((name) => !OUR_HEADERS.test(name), 'a header that the webhook sets itself');

const headerValue = z
  .string()
  .regex(/^[\t\x20-\x7E]*$/, 'not a value of a header: plain ASCII on one line')
  .describe('may name variables: ${NAME}');

const eventGlob = z
  .string()
  .refine((glob) => Object.keys(EVENTS).some((type) => globMatches(glob, type)), {
    error: (issue) => `no event is called ${JSON.stringify(issue.input)}: see ralph-state schema`,
  })
  .describe('a type of events, or several: task.*');

const webhookUrl = z
  .string()
  .refine((url) => url.includes('${') || isHttp(url), 'not an address that begins with http:// or https://')
  .describe('where events are posted to; may name variables: ${NAME}');

/** Where events are told: exactly one of webhook, command and desktop. */
export const notifyTarget = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z\d][a-z\d_-]{0,63}$/, 'not an id: small letters, digits, - and _, 64 at most')
      .describe('names it, also in .ralph/cache/notify/ID.json'),
    webhook: webhookUrl.optional(),
    secret_env: variableName.optional().describe('the variable that holds the secret of the signature'),
    headers: z.record(headerName, headerValue).optional().describe('further headers of a webhook'),
    command: commandArgv.optional().describe('program and arguments, run in the repository: gets each event on stdin'),
    desktop: z.literal(true, 'is either true or not there').optional().describe('a notification of the desktop'),
    timeout: timeValue.optional().describe('time limit of one delivery (default: 15s for a webhook, else 30s)'),
    events: z.array(eventGlob).min(1, 'is empty: name events, or leave it out').optional(),
  })
  .refine(
    ({ webhook, command, desktop }) => [webhook, command, desktop].filter((one) => one !== undefined).length === 1,
    {
      error: 'needs exactly one of webhook, command and desktop',
    },
  )
  .refine(({ webhook, secret_env: secret, headers }) => webhook !== undefined || (secret ?? headers) === undefined, {
    error: 'secret_env and headers are for a webhook',
  });

export type NotifyTarget = z.infer<typeof notifyTarget>;

/** The `notify` section: who is told of events. */
export const notifySettings = z
  .array(notifyTarget)
  .max(MOST_TARGETS, `more than ${MOST_TARGETS} targets`)
  .refine((targets) => new Set(targets.map(({ id }) => id)).size === targets.length, 'two targets have the same id');

/** Tells whether a text is the address of a web server. */
export function isHttp(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
