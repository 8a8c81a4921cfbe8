/**
 * Returns the line of an exclude file that ignores the one path, whatever its name holds. An exclude file cannot tell a
 * line end in a name from the end of a line, so there the line leaves one character open.
 */
export function excludeLine(path: string): string {
  const escaped = path
    .replaceAll(/[\\*?[\]]/g, String.raw`\$&`)
    .replaceAll(/[\n\r]/g, '?')
    .replace(/ +$/, (blanks) => String.raw`\ `.repeat(blanks.length));
  return `/${escaped}`;
}
