// A picture of what the simulation found: a column for each length of the gate, above what lands and below what it waits.
import { axis, escaped, frame, log, short } from '../book/drawing.mjs';

const CELL = { width: 320, height: 230 };
const INSIDE = { left: 62, right: 14, top: 30, bottom: 36 };
const TOP = 66;
const COLOURS = { loops: '#cf222e', queue: '#bf8700', train: '#0969da', batch: '#8250df', auto: '#1a7f37' };
const ROWS = [
  { what: 'landed an hour', unit: '', of: ({ landed }) => landed, most: ({ offered }) => offered },
  { what: '95 % have landed after', unit: ' s', of: ({ p95 }) => p95, most: ({ p95 }) => p95 },
];

/**
 * Returns an SVG.
 *
 * @param {string} title
 * @param {Record<string, string>} names of the policies
 * @param {{ cell: import('./simulation/simulate.mjs').Cell, outcome: import('./simulation/simulate.mjs').Outcome }[]} seen
 */
export function picture(title, names, seen) {
  const gates = [...new Set(seen.map(({ cell }) => cell.gate))];
  const panels = ROWS.flatMap((row, down) =>
    gates.map((gate, across) => {
      const here = seen.filter(({ cell }) => cell.gate === gate);
      const [x, y] = [across * CELL.width, TOP + down * CELL.height];
      return `<g transform="translate(${x} ${y})">\n${panel(row, gate, here, seen)}\n</g>`;
    }),
  );
  const size = { width: gates.length * CELL.width, height: TOP + ROWS.length * CELL.height };
  const about =
    'to the right the tasks an hour that the agents finish, in powers of ten; dotted: all that is finished lands';
  return frame({ ...size, title, about, body: [legend(names), ...panels].join('\n') });
}

function legend(names) {
  return Object.entries(names)
    .map(
      ([policy, name], index) =>
        `<text x="${62 + index * 170}" y="54" style="fill:${COLOURS[policy]}">${escaped(name)}</text>`,
    )
    .join('\n');
}

function panel({ what, unit, of, most }, gate, here, all) {
  const values = all.flatMap(({ outcome }) => [of(outcome), most(outcome)]).filter((value) => value > 0);
  const range = (list) => [Math.min(...list), Math.max(...list)];
  const x = log(range(all.map(({ outcome }) => outcome.offered)), [INSIDE.left, CELL.width - INSIDE.right]);
  const y = log(range(values), [CELL.height - INSIDE.bottom, INSIDE.top]);
  const line = (list, style) =>
    `<polyline class="line" style="${style}" points="${list.map(([from, to]) => `${x(from)},${y(to)}`).join(' ')}"/>`;
  const lines = Object.entries(COLOURS).map(([policy, colour]) => {
    const points = here.filter(({ cell, outcome }) => cell.policy === policy && of(outcome) > 0);
    return line(
      points.map(({ outcome }) => [outcome.offered, of(outcome)]),
      `stroke:${colour}`,
    );
  });
  const whole =
    unit === ''
      ? [
          line(
            here.map(({ outcome }) => [outcome.offered, outcome.offered]),
            'stroke:#888;stroke-dasharray:2 4',
          ),
        ]
      : [];
  return [
    `<text class="name" x="${INSIDE.left}" y="18">${escaped(what)}, gate of ${gate / 60} min</text>`,
    axis(x, { from: INSIDE.top, to: CELL.height - INSIDE.bottom, unit: '' }),
    ...y.marks.map(
      (value) =>
        `<line class="grid" x1="${INSIDE.left}" x2="${CELL.width - INSIDE.right}" y1="${y(value)}" y2="${y(value)}"/>` +
        `<text class="tick" x="${INSIDE.left - 6}" y="${y(value) + 3}" text-anchor="end">${short(value)}${unit}</text>`,
    ),
    ...whole,
    ...lines,
  ].join('\n');
}
