/**
 * Returns the words by which a program is given an option with a value. One that looks like an option itself is tied to its
 * own: as a word apart it would be taken for another.
 */
export function optionWords(flag: string, value: string): string[] {
  return value.startsWith('-') ? [`${flag}=${value}`] : [flag, value];
}
