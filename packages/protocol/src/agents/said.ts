import type { Activity } from '../contract/activity.ts';

/** What an agent does, as one line of its output tells it. */
export interface Doing extends Activity {
  /** Whether it goes on with the text before. */
  readonly goesOn?: boolean;
}

/** What one line of an agent's output says: in which session, and what is done. */
export interface Said {
  readonly session?: string | undefined;
  readonly doing: readonly Doing[];
}

/** What is longer is cut off: a whole plan is shorter. */
export const LONGEST_TEXT = 2 ** 16;

/** What somebody has called a tool may hold anything. */
const TOOL = /^[\w.:/ -]{1,80}$/;

/** As long as the reference lets it be (part A22): it becomes a word of a command line. */
const SESSION = /^[^\s\p{C}-][^\s\p{C}]{0,511}$/u;

/** With them providers answer that too much was asked of them, or that they have too much to do. */
const LIMIT_STATUS: ReadonlySet<unknown> = new Set([429, 529]);

const LIMIT_WORDS = /\b(?:429|529|too many requests|rate[ _-]?limit\w*|usage limit|quota|overloaded\w*)\b/i;

/** Returns text, or nothing for what is none. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Returns the id of a session; nothing when it cannot be one. */
export function sessionOf(value: unknown): string | undefined {
  return typeof value === 'string' && SESSION.test(value) ? value : undefined;
}

/** Returns that something is said; nothing when it is no text. */
export function saying(kind: 'text' | 'limit' | 'error' | 'done', value: unknown): readonly Doing[] {
  const text = textOf(value);
  return text === undefined ? [] : [{ kind, text: text.slice(0, LONGEST_TEXT) }];
}

/**
 * Returns that something went wrong, or that a limit of the provider was met where its answer or the words say so.
 *
 * @param status that of the answer of the provider
 * @param retryMs after which the agent tries again
 */
export function trouble(value: unknown, status?: unknown, retryMs?: unknown): readonly Doing[] {
  const text = textOf(value);
  const isLimit = LIMIT_STATUS.has(status) || (text !== undefined && LIMIT_WORDS.test(text));
  if (!isLimit) return saying('error', text);
  const words = text !== undefined && LIMIT_WORDS.test(text) ? text : `rate limit: ${text ?? 'no words'}`;
  const after = typeof retryMs === 'number' && retryMs >= 0 ? `, to retry in ${Math.ceil(retryMs / 1000)} s` : '';
  return saying('limit', `${words}${after}`);
}

/** Returns that an agent has done all; with its last words where there are some. */
export function ending(value: unknown): readonly Doing[] {
  return [{ kind: 'done', text: (textOf(value) ?? '').slice(0, LONGEST_TEXT) }];
}

/** Returns that a tool is used: for an edit when it is one of those that edit, and what it is used on where that is said. */
export function using(name: unknown, on: unknown, isEdit: boolean): readonly Doing[] {
  const tool = typeof name === 'string' && TOOL.test(name) ? name : undefined;
  if (tool === undefined) return [];
  return [{ kind: isEdit ? 'edit' : 'tool', text: (textOf(on) ?? '').slice(0, LONGEST_TEXT), tool }];
}
