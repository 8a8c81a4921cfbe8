// A picture of growth: each series by itself, the size to the right and the cost upwards, both in powers of ten, so that what
// is linear rises like the diagonal.
import { axis, escaped, frame, log, short } from './drawing.mjs';
import { figure, growthText } from './words.mjs';

const COLUMNS = 2;
const CELL = { width: 480, height: 250 };
const INSIDE = { left: 70, right: 24, top: 44, bottom: 46 };
const TOP = 46;

/**
 * Returns an SVG of the series.
 *
 * @param {string} title
 * @param {import('./series.mjs').Series[]} series
 */
export function curves(title, series) {
  const height = TOP + Math.ceil(series.length / COLUMNS) * CELL.height + 10;
  const body = series.map((one, index) => {
    const [column, row] = [index % COLUMNS, Math.floor(index / COLUMNS)];
    return `<g transform="translate(${column * CELL.width} ${TOP + row * CELL.height})">\n${cell(one)}\n</g>`;
  });
  const about = 'ours as a line with points, the limit measured beside it dashed; both scales in powers of ten';
  return frame({ width: COLUMNS * CELL.width, height, title, about, body: body.join('\n') });
}

function cell(series) {
  const { name, of, unit, points, seen, kept } = series;
  const values = points.flatMap(({ ours, theirs }) => [ours.median, theirs.median]);
  const x = log(
    points.map(({ size }) => size),
    [INSIDE.left, CELL.width - INSIDE.right],
  );
  const y = log(values, [CELL.height - INSIDE.bottom, INSIDE.top], 24);
  const side = kept ? 'kept' : 'missed';
  const marks = y.marks.map(
    (value) =>
      `<line class="grid" x1="${INSIDE.left}" x2="${CELL.width - INSIDE.right}" y1="${y(value)}" y2="${y(value)}"/>` +
      `<text class="tick" x="${INSIDE.left - 6}" y="${y(value) + 3}" text-anchor="end">${short(value)} ${escaped(unit)}</text>`,
  );
  const path = (cost) => points.map((point) => `${x(point.size)},${y(cost(point))}`).join(' ');
  return [
    `<text class="name" x="${INSIDE.left}" y="18">${escaped(name)}</text>`,
    `<text class="about ${side}" x="${INSIDE.left}" y="32">${escaped(growthText(series))}, seen ${figure(seen)}</text>`,
    axis(x, { from: INSIDE.top, to: CELL.height - INSIDE.bottom, unit: '' }),
    ...marks,
    `<text class="tick" x="${(INSIDE.left + CELL.width - INSIDE.right) / 2}" y="${CELL.height - 14}" text-anchor="middle">${escaped(of)}</text>`,
    `<polyline class="line theirs ${side}" points="${path(({ theirs }) => theirs.median)}"/>`,
    `<polyline class="line ${side}" points="${path(({ ours }) => ours.median)}"/>`,
    ...points.map(({ size, ours }) => `<circle class="${side}" cx="${x(size)}" cy="${y(ours.median)}" r="3.5"/>`),
  ].join('\n');
}
