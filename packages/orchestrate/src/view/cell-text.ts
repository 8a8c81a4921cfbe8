import { eastAsianWidth } from 'get-east-asian-width';
import { printable } from '@ralph/protocol/cli/printable';

/** More of a text no terminal has room for. */
const MOST_UNITS = 400;

const PLAIN = /^[ -~]*$/;

/** Joiners, marks of direction, zero-width spaces and what picks the form of an emoji: terminals differ in their width. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** Marks that stand over or under one character and, in a pile, over the lines around it. */
const PILE = /(\p{M}{2})\p{M}+/gu;

const NO_WIDTH = /[\p{Mn}\p{Me}]/u;

let segmenter: Intl.Segmenter | undefined;

/** Returns words of others as one line that can neither move a terminal nor tear a table. */
export function cellText(text: string): string {
  const start = text.length > MOST_UNITS ? text.slice(0, MOST_UNITS) : text;
  if (PLAIN.test(start)) return start.trim();
  const shown = printable(start.toWellFormed()).replaceAll('\n', ' ').replace(INVISIBLE, '').replace(PILE, '$1');
  return shown.replace(/^\p{M}+/u, '').trim();
}

/** Returns how many columns of a terminal a cell takes. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

/** Returns a cell that takes at most so many columns, with "…" in the place of what was cut off. */
export function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 1) return width === 1 ? '…' : '';
  if (PLAIN.test(text)) return `${text.slice(0, width - 1).trimEnd()}…`;
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  let [kept, left] = ['', width - 1];
  for (const { segment } of segmenter.segment(text)) {
    left -= displayWidth(segment);
    if (left < 0) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Returns a cell that takes exactly so many columns. */
export function padded(text: string, width: number): string {
  const shown = cut(text, width);
  return shown + ' '.repeat(Math.max(0, width - displayWidth(shown)));
}

function widthOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  // Some terminals show half of a flag in one column, others in two.
  if (code >= 0x1f1e6 && code <= 0x1f1ff) return 2;
  return NO_WIDTH.test(character) ? 0 : eastAsianWidth(code);
}
