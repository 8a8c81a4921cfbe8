import type { LogTail } from './kept-log.ts';

/** How many of them an event has. */
export const LAST_LINES = 5;

const BEGINNING = /^.{0,200}/su;

/** More than any secret is long: what was cut off within that far from the beginning is not shown. */
const CUT_MARGIN = 4096;

/**
 * Returns the last lines that say something, at most `count`, each without what would colour or move on a terminal and
 * at most 200 characters.
 *
 * @param redact takes the secrets out; it sees all lines at once, since a secret may have several. Of a log that is being
 *   written it holds back what may be the beginning of one, too
 */
export function lastLines(tail: LogTail, count: number, redact: (text: string) => string): string[] {
  const plain = redact(withoutEscapes(tail.text).replaceAll('\r', '\n'));
  const begin = tail.cut ? beginAfterCut(plain) : 0;
  return (
    plain
      .slice(begin)
      .split('\n')
      // eslint-disable-next-line no-control-regex
      .map((line) => line.replace(/[\u0000-\u001f\u007f]/g, ' ').trim())
      .filter((line) => line !== '')
      .slice(-count)
      .map((line) => BEGINNING.exec(line)?.[0] ?? '')
  );
}

/** Returns a text without what colours or moves on a terminal. */
export function withoutEscapes(text: string): string {
  return text.replace(
    // eslint-disable-next-line no-control-regex
    /\u001b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\u0007\u001b\n]{0,1024}(?:\u0007|\u001b\\)?|[@-Z\\^_])/g,
    '',
  );
}

/** The first line may be the rest of one; when it is all there is, what a cut secret can reach is left out. */
function beginAfterCut(text: string): number {
  const newline = text.indexOf('\n');
  if (newline !== -1 && text.slice(newline).trim() !== '') return newline;
  return Math.min(CUT_MARGIN, text.length);
}
