// The words of a page in the language of man(1).

/** What roff reads something into, or shows as another character than was meant to be typed. */
const SPECIAL = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '…': '...',
};

/** Returns text that is to be shown as it would be typed. */
export function escaped(text) {
  return text.replaceAll(/[\\'`^~…-]|[^\0-\x7f]/gu, (character) => SPECIAL[character] ?? named(character));
}

/** Returns running text with its code and bold words in bold, and its links by their names. */
export function inText(text) {
  const parts = text.split(/(``[^`].*?``|`[^`]+`|\*\*.+?\*\*|\[[^\]]+\]\([^)]+\))/);
  return parts.map((part, index) => (index % 2 === 0 ? plain(part) : marked(part))).join('');
}

function marked(part) {
  if (part.startsWith('``')) return bold(escaped(part.slice(2, -2).trim()));
  if (part.startsWith('`')) return bold(escaped(part.slice(1, -1)));
  if (part.startsWith('**')) return bold(plain(part.slice(2, -2)));
  const [, words = '', target = ''] = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part) ?? [];
  return link(words, target);
}

function bold(text) {
  return `\\fB${text}\\fR`;
}

/** A page of ours is one of man(1); other pages are named by where they are in the repository. */
function link(words, target) {
  const page = /^(ralph-\w+)\.md/.exec(target)?.[1];
  if (page !== undefined) {
    const named = `${bold(escaped(page))}(1)`;
    return words.replaceAll('`', '') === page ? named : `${inText(words)} (${named})`;
  }
  if (target.startsWith('#')) return inText(words);
  const place = /^[a-z]+:/.test(target) ? target : `docs/${target.replace(/#.*$/, '')}`;
  const isNamed = place.replace(/^docs\//, '').replace(/\.md$|\/$/, '') === words;
  return isNamed ? escaped(place) : `${inText(words)} (${escaped(place)})`;
}

/** A hyphen between words may be one of print here. */
function plain(text) {
  const special = (character) => (character === "'" ? "'" : (SPECIAL[character] ?? named(character)));
  return text.replaceAll(/[\\'`^~…]|(?<![A-Za-z])-|[^\0-\x7f]/gu, special);
}

function named(character) {
  return `\\[u${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}]`;
}
