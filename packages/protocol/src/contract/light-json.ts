/** Nothing of ours is nested deeper; what is may not be followed to its bottom. */
export const DEEPEST = 200;

/** A text of one MiB may hold half a million objects, of which each takes fifty bytes. */
export const MOST_VALUES = 1_000_000;

/** Of a file of records or tasks: a hundred thousand of them with all that we know of each. */
export const MOST_FILE_VALUES = 2_000_000;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Says, before a text is parsed, why it must not be: what JSON makes of a few bytes can take fifty times as many of
 * memory, and code that follows it to its bottom runs out of stack. Nothing for a text that may be parsed, or that is no
 * JSON at all, which the parser tells.
 *
 * @param mostValues of how many values it may consist
 */
export function heavyJson(text: string, mostValues = MOST_VALUES): string | undefined {
  // Each level takes two characters, as each value does.
  if (text.length <= 2 * DEEPEST) return undefined;
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        depth += 1;
        values += 1;
        if (depth > DEEPEST) return `nested deeper than ${DEEPEST}`;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth -= 1;
        break;
      case COMMA:
        values += 1;
    }
    if (values > mostValues) return `more than ${mostValues} values`;
  }
  return undefined;
}

/**
 * Returns what a text of JSON says.
 *
 * @throws Error when it is no JSON, or too heavy to be parsed
 */
export function lightJson(text: string): unknown {
  const problem = heavyJson(text);
  if (problem !== undefined) throw new Error(problem);
  return JSON.parse(text) as unknown;
}

function endOfString(text: string, quote: number): number {
  for (let end = text.indexOf('"', quote + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
    if ((end - first) % 2 === 0) return end;
  }
  return text.length;
}
