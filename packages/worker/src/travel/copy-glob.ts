/** Signs of a regular expression that a name may hold. */
const SPECIAL = /[.*+?^${}()|[\]\\/]/g;

/**
 * Returns the regular expression for a glob on paths with slashes (reference: part A9): `*`, `?` and `[…]` stay within
 * a folder, a component `**` stands for any number of folders, and `{a,b}` for one of several.
 *
 * @throws Error in words that follow "the pattern" when it is not a glob
 */
export function globExpression(glob: string): RegExp {
  let expression = '';
  let depth = 0;
  for (let at = 0; at < glob.length;) {
    const rest = glob.slice(at);
    const startsFolder = at === 0 || glob[at - 1] === '/';
    const [piece, length] = pieceOf(rest, startsFolder, depth > 0);
    if (rest.startsWith('{')) depth += 1;
    if (rest.startsWith('}')) depth -= 1;
    if (depth < 0) throw new Error('closes a "}" that it never opened');
    expression += piece;
    at += length;
  }
  if (depth > 0) throw new Error('never closes its "{"');
  return new RegExp(`^${expression}$`, 'su');
}

/** Returns the expression for the first piece of a glob, and how long that piece is. */
function pieceOf(rest: string, startsFolder: boolean, inBraces: boolean): readonly [string, number] {
  if (startsFolder && rest.startsWith('**/')) return ['(?:.*/)?', 3];
  if (startsFolder && rest === '**') return ['.*', 2];
  const [character = ''] = rest;
  switch (character) {
    case '*':
      return ['[^/]*', 1];
    case '?':
      return ['[^/]', 1];
    case '[':
      return bracketOf(rest);
    case '{':
      return ['(?:', 1];
    case '}':
      return [')', 1];
    case ',':
      return [inBraces ? '|' : ',', 1];
    default:
      return [character.replace(SPECIAL, String.raw`\$&`), character.length];
  }
}

function bracketOf(rest: string): readonly [string, number] {
  // A "]" that comes first belongs to what is listed.
  const [whole, not, listed] = /^\[([!^]?)(\]?[^\]]*)\]/s.exec(rest) ?? [];
  if (whole === undefined || listed === undefined || listed === '') throw new Error('never closes its "["');
  const expression = `(?!/)[${not === '' ? '' : '^'}${listed.replaceAll(/[\\\]^[]/g, String.raw`\$&`)}]`;
  try {
    void new RegExp(expression, 'u');
  } catch {
    throw new Error(`has a range that ends before it begins: ${whole}`);
  }
  return [expression, whole.length];
}
