// Makes a page for man(1) of a page of docs/: of headings, paragraphs, lists, tables and code that stands in.
import { blocksOf } from './page-blocks.mjs';
import { escaped, inText } from './roff-text.mjs';

/**
 * Returns the manual page of a program.
 *
 * @param {string} markdown the page of docs/
 * @param {{ version: string, date: string }} edition the date as YYYY-MM-DD
 */
export function manualPage(markdown, { version, date }) {
  const blocks = blocksOf(markdown);
  const name = blocks.find(({ kind }) => kind === 'title')?.text ?? '';
  const lines = [`.TH ${escaped(name.toUpperCase())} 1 ${date} "ralph ${version}" "The ralph toolbox"`, '.nh', '.ad l'];
  let before = 'title';
  for (const block of blocks) {
    if (block.kind === 'title') continue;
    lines.push(...LINES[block.kind](block, before));
    before = block.kind;
  }
  return `${lines.join('\n')}\n`;
}

/** Behind a heading a paragraph has begun already. */
const begun = (before) => (before === 'section' || before === 'part' ? [] : ['.PP']);

const LINES = {
  section: ({ text }) => [`.SH ${escaped(text)}`],
  part: ({ text }) => [`.SS ${escaped(text)}`],
  paragraph: ({ text }, before) => [...begun(before), ...filled(nameLine(text))],
  code: ({ lines }, before) => [
    ...begun(before),
    '.RS 4',
    '.nf',
    ...lines.map((line) => guarded(escaped(line))),
    '.fi',
    '.RE',
  ],
  item: ({ text }) => ['.IP \\(bu 2', ...filled(inText(text))],
  table: ({ heading, rows }) => rows.flatMap((row) => tableRow(heading, row)),
};

/** The form by which apropos(1) knows a page: NAME is one line, with its dash escaped. */
function nameLine(text) {
  const named = /^(ralph-\w+) - (.*)$/.exec(text);
  return named === null ? inText(text) : `${escaped(named[1])} \\- ${inText(named[2])}`;
}

/** A table is wider than many terminals: its first column is a term, the second tells of it, the others behind it by their names. */
function tableRow(heading, [term = '', about = '', ...others]) {
  const told = others.flatMap((cell, index) => (cell === '' ? [] : [`${heading[index + 2]}: ${cell}`]));
  const sentence = told.length === 0 ? about : `${about} (${told.join('; ')})`;
  return ['.TP', guarded(termText(term)), ...filled(inText(sentence))];
}

function termText(term) {
  const option = /^`(--[\w-]+)([^`]*)`$/.exec(term);
  if (option === null) return term.includes('`') ? inText(term) : `\\fB${escaped(term)}\\fR`;
  const value = escaped(option[2]).replaceAll(/[A-Z]+/g, '\\fI$&\\fR');
  return `\\fB${escaped(option[1])}\\fR${value}`;
}

const WIDTH = 78;

/** Breaks text into lines between its words, none of which is taken for a request. */
function filled(text) {
  const lines = [];
  for (const word of text.split(/ +/).map(breakable)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map(guarded);
}

/** A word that is longer than some lines may be parted behind a comma, a slash or a bar. */
function breakable(word) {
  return word.length > WIDTH / 2 ? word.replaceAll(/[,/|](?=.)/g, '$&\\:') : word;
}

function guarded(line) {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}
