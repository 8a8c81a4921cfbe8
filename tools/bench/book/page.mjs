// The book itself: docs/performance.md with a table and a picture for each group, filled from what was measured last.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chart } from './chart.mjs';
import { curves } from './curves.mjs';
import { markdownSeries, markdownTable } from './table.mjs';

/** Where the book is, counted from the top of the repository. */
export const PAGE = 'docs/performance.md';
export const RESULTS = 'docs/performance/results.json';

const BLOCK = /(<!-- bench:([a-z-]+) -->\n)[\s\S]*?(<!-- end -->)/g;

/**
 * @typedef {object} Measured what one group found
 * @property {string} title
 * @property {string} form `quick` or `full`
 * @property {string} day as 2026-11-22
 * @property {string} commit
 * @property {Record<string, string>} machine
 * @property {(import('./row.mjs').Row | import('./row.mjs').Missing)[]} rows
 * @property {import('./series.mjs').Series[]} series
 */

/**
 * Returns the files of the book as they follow from the results: the page and its pictures, text by path.
 *
 * @param {Record<string, Measured>} results by the name of the group
 * @param {string} page the page as it is: what stands between the marks is replaced, all else is kept
 * @throws Error when a group has no place in the page
 */
export function bookOf(results, page) {
  const files = new Map();
  const placed = new Set();
  const text = page.replace(BLOCK, (whole, begin, name, end) => {
    const measured = results[name];
    if (measured === undefined) return whole;
    placed.add(name);
    const pictures = picturesOf(name, measured);
    for (const { path, svg } of pictures) files.set(path, svg);
    return `${begin}\n${blockOf(measured, pictures)}\n${end}`;
  });
  const missing = Object.keys(results).filter((name) => !placed.has(name));
  if (missing.length > 0) throw new Error(`${PAGE} has no place for: ${missing.join(', ')}`);
  return files.set(PAGE, text);
}

/** Writes what a run has measured into the book, and leaves the groups that it has not measured as they are. */
export function writeBook(root, results) {
  const known = existsSync(join(root, RESULTS)) ? JSON.parse(readFileSync(join(root, RESULTS), 'utf8')) : {};
  const all = { ...known, ...results };
  const files = bookOf(all, readFileSync(join(root, PAGE), 'utf8'));
  files.set(RESULTS, `${JSON.stringify(all, null, 1)}\n`);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return [...files.keys()];
}

function picturesOf(name, { title, rows, series }) {
  const whole = rows.filter((row) => !('missing' in row));
  return [
    ...(whole.length > 0 ? [{ path: `docs/performance/${name}.svg`, svg: chart(title, whole) }] : []),
    ...(series.length > 0 ? [{ path: `docs/performance/${name}-growth.svg`, svg: curves(title, series) }] : []),
  ];
}

function blockOf({ title, form, day, commit, machine, rows, series }, pictures) {
  const { processor, memory, system, node, git } = machine;
  return [
    ...pictures.map(({ path }) => `![${title}](${path.replace('docs/', '')})\n`),
    ...(rows.length > 0 ? [markdownTable(rows)] : []),
    ...(series.length > 0 ? [markdownSeries(series)] : []),
    `Measured ${day} at ${commit}, ${form} form: ${processor}, ${memory}, ${system}, Node ${node}, git ${git}.\n`,
  ].join('\n');
}
