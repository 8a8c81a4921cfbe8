// The rows of a group as a table, for a terminal and for a page.
import { budgetText, figure, growthText, spreadText, verdict } from './words.mjs';

const HEADING = ['what', 'ours', 'peer or limit', 'theirs', 'ratio (quartiles)', 'pairs', 'budget', 'verdict'];
const WIDTHS = [44, 16, 40, 12, 24, 6, 20, 6];

/** Returns the heading of the table for a terminal. */
export function headingLine() {
  return line(HEADING);
}

/**
 * Returns one row as a line for a terminal.
 *
 * @param {import('./row.mjs').Row | import('./row.mjs').Missing} one
 */
export function rowLine(one) {
  return line(cells(one));
}

/** Returns a series as lines for a terminal: one for each size, and the verdict. */
export function seriesLines(series) {
  const { name, of, unit, against, points, seen, kept } = series;
  const sizes = points.map(
    ({ size, ours, theirs }) =>
      `  ${size.toLocaleString('en-US').padStart(13)} ${of}: ${spreadText(ours)} ${unit}; ${against}: ${figure(theirs.median)}`,
  );
  return [name, ...sizes, `  ${growthText(series)}: ${figure(seen)}, ${verdict(kept)}`];
}

const row = (values) => `| ${values.map((value) => value.replaceAll('|', '\\|')).join(' | ')} |\n`;

/** Returns the rows as a table in Markdown. */
export function markdownTable(rows) {
  return [row(HEADING), row(HEADING.map(() => '---')), ...rows.map((one) => row(cells(one)))].join('');
}

/** Returns the series of a group as a table in Markdown: a row for each, with its figures from the smallest to the largest size. */
export function markdownSeries(series) {
  const heading = ['what', 'sizes', 'ours', 'limit beside', 'theirs', 'budget', 'seen', 'verdict'];
  const body = series.map((one) => {
    const each = (of) => one.points.map(of).join(', ');
    return row([
      one.name,
      `${each(({ size }) => size.toLocaleString('en-US'))} ${one.of}`,
      `${each(({ ours }) => figure(ours.median))} ${one.unit}`,
      one.against,
      each(({ theirs }) => figure(theirs.median)),
      growthText(one),
      figure(one.seen),
      verdict(one.kept),
    ]);
  });
  return [row(heading), row(heading.map(() => '---')), ...body].join('');
}

function cells(one) {
  if ('missing' in one) return [one.name, '-', one.against, `not measured: ${one.missing}`, '-', '0', '-', 'open'];
  const { name, ours, unit, against, theirs, ratio, pairs, kept } = one;
  const side = (spread) => `${figure(spread.median)} ${unit}`.trimEnd();
  return [name, side(ours), against, side(theirs), spreadText(ratio), String(pairs), budgetText(one), verdict(kept)];
}

function line(values) {
  return values
    .map((value, index) => value.padEnd(WIDTHS[index]))
    .join(' ')
    .trimEnd();
}
