/** A JSON object of a request. */
export type Body = Readonly<Record<string, unknown>>;

/** A tool that a model is offered. */
export interface Tool {
  readonly name: string;
  /** The names of what it takes. */
  readonly fields: readonly string[];
}

/** What is asked of a model, whichever way. */
export interface Asked {
  readonly model: string;
  /** How hard it is to think, where that is said in the request. */
  readonly effort?: string | undefined;
  /** What people have said to it, and what was put before that by the agent: one text for each time. */
  readonly prompts: readonly string[];
  /** What its tools have answered since people last spoke. */
  readonly results: readonly string[];
  /** All that was said to it. */
  readonly text: string;
  readonly tools: readonly Tool[];
}

/** A tool to be used, or words with which its turn ends. */
export type Move = { readonly tool: string; readonly input: unknown } | { readonly text: string };

/** An answer that is none. */
export interface Refusal {
  readonly refuse: number;
  readonly message: string;
  /** In seconds. */
  readonly retryAfter?: number;
}

/** What every answer says that it has used. */
export const USED = { input: 900, cached: 100, output: 20 };

/** Returns all the text that a JSON value has, whatever its form, but for the words that say what its parts are. */
export function textIn(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .flatMap(([name, part]) => (name === 'type' || name === 'role' ? [] : [textIn(part)]))
    .filter((text) => text !== '')
    .join('\n');
}

export function listOf(value: unknown): readonly Body[] {
  return Array.isArray(value) ? (value as readonly Body[]) : [];
}

export function bodyOf(value: unknown): Body {
  return typeof value === 'object' && value !== null ? (value as Body) : {};
}

export function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Returns a tool by its name and the JSON Schema of what it takes. */
export function toolOf(name: unknown, schema: unknown): Tool {
  return { name: wordOf(name) ?? '', fields: Object.keys(bodyOf(bodyOf(schema)['properties'])) };
}

/**
 * Divides a conversation: what people have said, and what tools have answered since.
 *
 * @param isResult whether a part of it is the answer of a tool; one that is neither is of the model
 */
export function turnsOf(said: readonly Body[], isResult: (one: Body) => boolean): Pick<Asked, 'prompts' | 'results'> {
  const isPrompt = (one: Body) => one['role'] === 'user' && !isResult(one);
  const since = said.slice(said.findLastIndex(isPrompt) + 1);
  return { prompts: said.filter(isPrompt).map(textIn), results: since.filter(isResult).map(textIn) };
}
