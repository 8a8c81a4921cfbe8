// Cuts a page of docs/ into its blocks.

/**
 * @typedef {{ kind: 'title' | 'section' | 'part' | 'paragraph' | 'item', text: string }} TextBlock
 * @typedef {{ kind: 'code', lines: string[] }} CodeBlock
 * @typedef {{ kind: 'table', heading: string[], rows: string[][] }} TableBlock
 */

const HEADINGS = { '#': 'title', '##': 'section', '###': 'part', '####': 'part' };

/**
 * Returns the blocks of a page in order, without its comments.
 *
 * @returns {(TextBlock | CodeBlock | TableBlock)[]}
 */
export function blocksOf(markdown) {
  const lines = markdown.replaceAll(/^<!--.*-->\n/gm, '\n').split('\n');
  const blocks = [];
  for (let at = 0; at < lines.length;) {
    const [block, end] = blockAt(lines, at, blocks.at(-1));
    if (block !== undefined) blocks.push(block);
    at = end;
  }
  return blocks;
}

function blockAt(lines, at, before) {
  const line = lines[at];
  if (line.trim() === '') return [undefined, at + 1];
  const heading = /^(#{1,4}) (.*)$/.exec(line);
  if (heading !== null) return [{ kind: HEADINGS[heading[1]], text: heading[2] }, at + 1];
  if (line.startsWith('```')) return fenceAt(lines, at);
  // What stands in below an item goes on with it.
  if (/^ {4}/.test(line) && before?.kind !== 'item') return indentedAt(lines, at);
  if (line.startsWith('|')) return tableAt(lines, at);
  const isItem = /^(?:[-*]|\d+\.) /.test(line);
  const end = textEnd(lines, at);
  const text = lines
    .slice(at, end)
    .map((each) => each.trim())
    .join(' ');
  return [isItem ? { kind: 'item', text: text.replace(/^\S+ /, '') } : { kind: 'paragraph', text }, end];
}

function textEnd(lines, at) {
  let end = at + 1;
  while (end < lines.length && !/^(?:\s*$|#{1,4} |\||```|(?:[-*]|\d+\.) )/.test(lines[end])) end += 1;
  return end;
}

function fenceAt(lines, at) {
  const close = lines.findIndex((line, index) => index > at && line.startsWith('```'));
  const end = close === -1 ? lines.length : close;
  return [{ kind: 'code', lines: lines.slice(at + 1, end) }, end + 1];
}

function indentedAt(lines, at) {
  let end = at;
  while (end < lines.length && /^(?: {4}|\s*$)/.test(lines[end])) end += 1;
  const inner = lines.slice(at, end).map((line) => line.slice(4));
  while (inner.at(-1)?.trim() === '') inner.pop();
  return [{ kind: 'code', lines: inner }, end];
}

function tableAt(lines, at) {
  let end = at;
  while (lines[end]?.startsWith('|')) end += 1;
  const [heading = [], , ...rows] = lines.slice(at, end).map(cellsOf);
  return [{ kind: 'table', heading, rows }, end];
}

function cellsOf(line) {
  const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}
