import { GlobMachine } from './glob-machine.ts';

/** What tells whether a path is meant. */
export interface PathMatcher {
  test(path: string): boolean;
}

const ANY = () => true;
const IN_FOLDER = (character: string) => character !== '/';

/**
 * Returns what matches the paths of a glob with slashes (reference: part A9): `*`, `?` and `[…]` stay within a folder, a
 * component `**` stands for any number of folders, and `{a,b}` for one of several. What a path costs grows with its
 * length and that of the glob, whatever they hold: as a regular expression a few stars take minutes.
 *
 * @throws Error in words that follow "the pattern" when it is not a glob
 */
export function globExpression(glob: string): PathMatcher {
  const machine = new GlobMachine();
  for (let at = 0; at < glob.length;) {
    const startsFolder = at === 0 || glob[at - 1] === '/';
    at += take(machine, glob.slice(at), startsFolder);
  }
  if (machine.depth > 0) throw new Error('never closes its "{"');
  return machine;
}

/** Takes the first piece of a glob in, and returns how long it is. */
function take(machine: GlobMachine, rest: string, startsFolder: boolean): number {
  if (startsFolder && rest.startsWith('**/')) return (machine.folders(), 3);
  if (startsFolder && rest === '**') return (machine.many(ANY), 2);
  const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  switch (character) {
    case '*':
      machine.many(IN_FOLDER);
      break;
    case '?':
      machine.one(IN_FOLDER);
      break;
    case '[':
      return bracket(machine, rest);
    case '{':
      machine.open();
      break;
    case '}':
      if (machine.depth === 0) throw new Error('closes a "}" that it never opened');
      machine.close();
      break;
    case ',':
      if (machine.depth > 0) machine.or();
      else machine.one((each) => each === ',');
      break;
    default:
      machine.one((each) => each === character);
  }
  return character.length;
}

function bracket(machine: GlobMachine, rest: string): number {
  // A "]" that comes first belongs to what is listed.
  const [whole, not, listed] = /^\[([!^]?)(\]?[^\]]*)\]/s.exec(rest) ?? [];
  if (whole === undefined || listed === undefined || listed === '') throw new Error('never closes its "["');
  machine.one(oneOf(whole, not === '' ? '' : '^', listed.replaceAll(/[\\\]^[]/g, String.raw`\$&`)));
  return whole.length;
}

function oneOf(whole: string, not: string, listed: string): (character: string) => boolean {
  try {
    const expression = new RegExp(`^(?!/)[${not}${listed}]$`, 'u');
    return (character) => expression.test(character);
  } catch {
    throw new Error(`has a range that ends before it begins: ${whole}`);
  }
}
