// What the pictures have in common: their frame, their colours for light and dark pages, and scales of powers of ten.
import { figure } from './words.mjs';

const STYLE = `
text { font: 12px system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; font-size: 15px; }
.against, .tick, .about { font-size: 10px; fill: #59636e; }
.grid { stroke: #d1d9e0; stroke-width: 1; }
.one { stroke: #59636e; stroke-width: 1; stroke-dasharray: 3 3; }
.budget { stroke: #1f2328; stroke-width: 3; }
.spread { stroke-width: 4; stroke-linecap: round; opacity: .45; }
line.kept, polyline.kept { stroke: #1a7f37; } circle.kept { fill: #1a7f37; } text.kept { fill: #1a7f37; }
line.missed, polyline.missed { stroke: #cf222e; } circle.missed { fill: #cf222e; } text.missed { fill: #cf222e; }
.line { fill: none; stroke-width: 2; }
.theirs { stroke-dasharray: 4 3; opacity: .6; }
@media (prefers-color-scheme: dark) {
  text, .name { fill: #f0f6fc; } .against, .tick, .about { fill: #9198a1; } .grid { stroke: #3d444d; } .one { stroke: #9198a1; }
  .budget { stroke: #f0f6fc; }
  line.kept, polyline.kept { stroke: #3fb950; } circle.kept { fill: #3fb950; } text.kept { fill: #3fb950; }
  line.missed, polyline.missed { stroke: #f85149; } circle.missed { fill: #f85149; } text.missed { fill: #f85149; }
}`;

/** Returns a whole SVG; `title` and `about` are read out by screen readers. */
export function frame({ width, height, title, about, body }) {
  const words = [escaped(title), escaped(about)];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${words[0]}: ${words[1]}">
<style>${STYLE}</style>
<text class="title" x="12" y="22">${words[0]}</text>
<text class="about" x="12" y="37">${words[1]}</text>
${body}
</svg>
`;
}

/** What stands at marks within a power of ten, from fine to coarse. */
const STEPS = [
  Array.from({ length: 90 }, (_, index) => 1 + index / 10),
  Array.from({ length: 18 }, (_, index) => 1 + index / 2),
  [1, 1.5, 2, 3, 5, 7],
  [1, 2, 5],
  [1, 3],
];

/**
 * Returns a function from a value to a place on a scale of powers, and the values that deserve a mark. What is too small for
 * the scale has its place at the beginning.
 *
 * @param {number[]} values what is to be shown; those that are not above zero do not count
 * @param {[number, number]} places
 * @param {number} room between two marks
 */
export function log(values, [from, to], room = 40) {
  const above = values.filter((value) => value > 0);
  const [low, high] = above.length === 0 ? [1, 10] : [Math.min(...above), Math.max(...above)];
  const [first, last] = [Math.log10(low) - 0.05, Math.log10(high) + 0.05];
  const place = (value) => {
    const share = value > 0 ? Math.max(0, (Math.log10(value) - first) / (last - first)) : 0;
    return Number((from + share * (to - from)).toFixed(1));
  };
  const isFree = (marks) =>
    marks.slice(1).every((value, index) => Math.abs(place(value) - place(marks[index])) >= room);
  const powers = Array.from({ length: 12 }, (_, index) => () => marksOf(first, last, [1], index + 1));
  const finer = STEPS.map((steps) => () => marksOf(first, last, steps, 1));
  place.marks = [...finer, ...powers].map((marks) => marks()).find(isFree) ?? [];
  return place;
}

function marksOf(first, last, steps, every) {
  const marks = [];
  for (let power = Math.floor(first); power <= last; power += 1)
    for (const step of power % every === 0 ? steps : []) {
      const value = Number((step * 10 ** power).toPrecision(3));
      if (Math.log10(value) >= first && Math.log10(value) <= last) marks.push(value);
    }
  return marks;
}

/** Returns the upright lines of a scale with their figures below. */
export function axis(x, { from, to, unit }) {
  return x.marks
    .map(
      (value) =>
        `<line class="grid" x1="${x(value)}" x2="${x(value)}" y1="${from}" y2="${to}"/>` +
        `<text class="tick" x="${x(value)}" y="${to + 14}" text-anchor="middle">${short(value)}${unit}</text>`,
    )
    .join('\n');
}

/** Returns a figure as short as it can be told. */
export function short(value) {
  if (value >= 1e9) return `${value / 1e9}G`;
  if (value >= 1e6) return `${value / 1e6}M`;
  if (value >= 1e3) return `${value / 1e3}k`;
  return value >= 1 ? String(value) : figure(value).replace(/\.?0+$/, '');
}

/** @param {string} text */
export function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
