/** Fields of events that hold words of others: of a person, an agent, a gate, a server. */
const WORDS: ReadonlySet<string> = new Set(['title', 'reason', 'message', 'tail', 'last_line', 'last_lines']);

/** Returns the fields of an event with a change made to those that hold words of others. */
export function withWords<T extends object>(fields: T, change: (text: string) => string): T {
  const changed = Object.entries(fields).map(([name, value]: [string, unknown]) => {
    if (!WORDS.has(name)) return [name, value];
    if (Array.isArray(value)) return [name, value.map((item) => (typeof item === 'string' ? change(item) : item))];
    return [name, typeof value === 'string' ? change(value) : value];
  });
  return Object.fromEntries(changed) as T;
}
