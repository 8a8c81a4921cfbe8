/** Returns the content of an ignore file with further rules at its end. Pure. */
export function withRules(text: string, rules: readonly string[]): string {
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${before}# files of ralph runs\n${rules.map((rule) => `${rule}\n`).join('')}`;
}
