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
const SESSION = /^[^\s-]\S{0,511}$/;

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
