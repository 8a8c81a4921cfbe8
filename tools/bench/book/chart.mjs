// A picture of a group: each row as a point on a line of ratios, with its quartiles and the mark of its budget. What is right
// of the mark is over the budget.
import { axis, escaped, frame, log } from './drawing.mjs';
import { budgetText, figure } from './words.mjs';

const WIDTH = 960;
const LABELS = 400;
const RIGHT = 150;
const TOP = 58;
const STEP = 31;
/** As many letters have room, whichever they are; more of them are drawn closer. */
const ROOM = { name: 58, against: 70 };

/**
 * Returns an SVG of the rows that were measured.
 *
 * @param {string} title
 * @param {import('./row.mjs').Row[]} rows
 */
export function chart(title, rows) {
  const limits = rows.map(limitOf);
  const values = [...rows.flatMap(({ ratio }) => [ratio.low, ratio.high]), ...limits, 1];
  const x = log(values, [LABELS, WIDTH - RIGHT]);
  const height = TOP + rows.length * STEP + 34;
  const parts = [
    axis(x, { from: TOP - 12, to: height - 30, unit: ' x' }),
    `<line class="one" x1="${x(1)}" x2="${x(1)}" y1="${TOP - 12}" y2="${height - 30}"/>`,
    ...rows.map((row, index) => bar(row, limits[index], x, TOP + index * STEP + STEP / 2)),
  ];
  const about = 'ours in times of the peer or limit; the upright stroke is the budget, the dashed line the peer itself';
  return frame({ width: WIDTH, height, title, about, body: parts.join('\n') });
}

/** A budget in the unit of the row stands where ours would be at its limit. */
function limitOf({ budget, theirs }) {
  return 'times' in budget ? budget.times : budget.most / theirs.median;
}

function bar(row, limit, x, y) {
  const { name, against, ratio, kept } = row;
  const side = kept ? 'kept' : 'missed';
  return [
    label('name', name, y - 1),
    label('against', against, y + 10),
    `<line class="spread ${side}" x1="${x(ratio.low)}" x2="${x(ratio.high)}" y1="${y}" y2="${y}"/>`,
    `<line class="budget" x1="${x(limit)}" x2="${x(limit)}" y1="${y - 8}" y2="${y + 8}"/>`,
    `<circle class="${side}" cx="${x(ratio.median)}" cy="${y}" r="4.5"/>`,
    `<text class="value ${side}" x="${WIDTH - RIGHT + 12}" y="${y - 1}">${figure(ratio.median)} x</text>`,
    `<text class="against" x="${WIDTH - RIGHT + 12}" y="${y + 10}">${escaped(budgetText(row))}</text>`,
  ].join('\n');
}

function label(kind, text, y) {
  const close = text.length > ROOM[kind] ? ` textLength="${LABELS - 30}" lengthAdjust="spacingAndGlyphs"` : '';
  return `<text class="${kind}" x="${LABELS - 12}" y="${y}" text-anchor="end"${close}>${escaped(text)}</text>`;
}
