import type { Doings } from './doings.ts';
import { oneLine } from './shown-activity.ts';

export interface LastWords {
  /** The last lines that say something to a person. */
  readonly lastLines: readonly string[];
  /** All those that may tell of a limit. */
  readonly searched: readonly string[];
}

/**
 * Returns what an agent has said last. One that speaks JSON is told by its own words in it, and by what something else has
 * printed beside it: that comes last where it was printed last.
 *
 * @param lines the last lines of its output, without secrets
 * @param most how many are told
 */
export function lastWords(
  lines: readonly string[],
  doings: Doings,
  { most, redact }: { readonly most: number; readonly redact: (text: string) => string },
): LastWords {
  const said = doings.lastTexts.map((text) => oneLine(text, redact));
  if (said.length === 0) return { lastLines: lines.slice(-most), searched: lines };
  const limit = doings.limit === undefined ? [] : [oneLine(doings.limit, redact)];
  const plain = lines.filter((line) => !isJson(line));
  const endsPlain = plain.length > 0 && plain.at(-1) === lines.at(-1);
  const ordered = endsPlain ? [...said, ...plain] : [...plain, ...said];
  return { lastLines: ordered.slice(-most), searched: [...lines, ...limit, ...said] };
}

/** Tells whether an output is that of an agent that speaks JSON, and not of one whose words have some in them. */
export function isMostlyJson(output: string): boolean {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.filter(isJson).length * 2 > lines.length;
}

function isJson(line: string): boolean {
  return /^[[{]["{}[\]]/.test(line);
}
