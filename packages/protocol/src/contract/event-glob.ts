/** Tells whether a type of events matches a pattern, in which each `*` stands for any characters. */
export function globMatches(glob: string, type: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  if (!type.startsWith(first)) return false;
  let at = first.length;
  if (rest.length === 0) return at === type.length;
  const last = rest.pop() ?? '';
  for (const part of rest) {
    const found = type.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return type.length - last.length >= at && type.endsWith(last);
}
