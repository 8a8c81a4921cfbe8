/** Text that may stand on a page as it is. It is only made by `markup`. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Piece = string | number | Html | undefined | false | readonly Piece[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Invisible characters that turn text around, mark it, or hide in it. */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * Returns words of others as a page may show them: markup is none, control characters are blanks but for ends of lines,
 * and what would turn the text around it the other way is visible.
 */
export function escapeHtml(text: string): string {
  return text
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/[\u2028\u2029]|[^\P{Cc}\n]/gu, ' ')
    .replace(TURNING, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** How a part stands in our source is nothing that a page has to carry. */
const INDENT = /\n\s+/g;

/** Makes a part of a page: whatever is put into it is escaped, unless it is such a part itself. */
export function markup(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(strings.map((text, n) => text.replace(INDENT, '\n') + textOf(pieces[n])).join(''));
}

function textOf(piece: Piece): string {
  if (piece === undefined || piece === false) return '';
  if (piece instanceof Html) return piece.text;
  if (typeof piece === 'string' || typeof piece === 'number') return escapeHtml(String(piece));
  return piece.map(textOf).join('');
}
