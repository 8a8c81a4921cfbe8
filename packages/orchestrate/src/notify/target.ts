import { globMatches } from '@ralph/protocol/contract/event-glob';
import { DEFAULT_NOTIFY_EVENTS, type NotifyTarget } from '@ralph/protocol/contract/notify-settings';
import { asSeconds } from '@ralph/protocol/contract/time-value';

/** Spent at most on one delivery where the target says nothing of it. */
const WEBHOOK_SECONDS = 15;
const PROGRAM_SECONDS = 30;

/** Where something is told, and how. */
export type Way =
  | {
      readonly kind: 'webhook';
      /** As configured: variables are not filled in. */
      readonly url: string;
      readonly secretEnv: string | undefined;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'command'; readonly argv: readonly string[] }
  | { readonly kind: 'desktop' };

/** One of the targets of the configuration. */
export interface Target {
  readonly id: string;
  readonly way: Way;
  /** Patterns for the types of the events that it is told. */
  readonly events: readonly string[];
  /** Of one delivery. */
  readonly limitMs: number;
}

/** Returns what a setting means. Pure. */
export function targetOf({ id, events, timeout, ...setting }: NotifyTarget): Target {
  const way = wayOf(setting);
  const seconds = timeout === undefined ? undefined : asSeconds(timeout);
  const limitMs = 1000 * (seconds ?? (way.kind === 'webhook' ? WEBHOOK_SECONDS : PROGRAM_SECONDS));
  return { id, way, events: events ?? DEFAULT_NOTIFY_EVENTS, limitMs };
}

/** Tells whether a target is to hear of events of a type. */
export function wants({ events }: Pick<Target, 'events'>, type: string): boolean {
  return events.some((glob) => globMatches(glob, type));
}

function wayOf({ webhook, secret_env: secretEnv, headers = {}, command }: Partial<NotifyTarget>): Way {
  if (webhook !== undefined) return { kind: 'webhook', url: webhook, secretEnv, headers };
  return command === undefined ? { kind: 'desktop' } : { kind: 'command', argv: command };
}
