/** What makes a terminal show the characters around it in another order than they stand in. */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Returns text without what would move or colour on a terminal: a space for each control character but the end of a
 * line, nothing for what turns the direction of text. Titles and errors come from others.
 */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n]|[\u2028\u2029]/gu, ' ').replace(BIDI, '');
}

/** Returns JSON text in which control characters, which JSON itself lets through above U+007E, are escaped. */
export function printableJson(json: string): string {
  return json.replace(/[^\P{Cc}\n]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Returns what an agent is asked, with a space for each control character but tab and the ends of lines (reference: part A13). */
export function withoutControls(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, ' ');
}
