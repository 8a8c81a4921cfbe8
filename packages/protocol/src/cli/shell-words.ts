/** Returns a word as it is typed in a shell. */
export function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Returns a command as it is typed in a shell. */
export function commandLine(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}
