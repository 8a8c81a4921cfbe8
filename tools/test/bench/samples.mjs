// Figures to make rows and series of, and what a well-formed picture is.
import { rowOf } from '../../bench/book/row.mjs';
import { seriesOf } from '../../bench/book/series.mjs';

export const row = (more = {}) =>
  rowOf({
    name: 'a <row> & "more"',
    unit: 'ms',
    against: 'cat > file',
    budget: { times: 2 },
    ours: [3, 1, 2],
    theirs: [1, 1, 1],
    ...more,
  });

const point = (size, ours, theirs = 1) => ({ size, ours: [ours], theirs: [theirs] });

export const series = (points = [point(10, 1), point(100, 10)], more = {}) =>
  seriesOf({ name: 'lines & <tags>', of: 'records', unit: 'ms', against: 'cat', points, ...more });

/** Builds the points of a series from pairs of size and cost. */
export const points = (...pairs) => pairs.map(([size, ours]) => point(size, ours));

export const measured = (more = {}) => ({
  title: 'Lock',
  form: 'full',
  day: '2026-01-02',
  commit: 'abc',
  machine: { processor: '2 x P', memory: '8 GiB', system: 'linux 6.1, ext4', node: 'v20', git: '2.39' },
  rows: [row()],
  series: [],
  ...more,
});

/** Returns what is wrong with a text as XML: a tag without its other half, a bare sign, an attribute that is none. */
export function faultsOfXml(text) {
  const faults = [];
  const open = [];
  const rest = text
    .replace(/<style>[^<]*<\/style>/, '')
    .replace(/<(\/?)([a-z]\w*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/gi, (_, end, name, attributes, empty) => {
      if (/&(?!amp;|lt;|gt;|quot;)/.test(attributes)) faults.push(`bare & in ${attributes}`);
      if (end !== '' && open.pop() !== name) faults.push(`</${name}>`);
      if (end === '' && empty === '') open.push(name);
      return '';
    });
  if (open.length > 0) faults.push(`open: ${open.join(' ')}`);
  if (/[<>]|&(?!amp;|lt;|gt;|quot;)/.test(rest)) faults.push(`bare sign: ${/.{0,20}[<>&].{0,20}/.exec(rest)?.[0]}`);
  return faults;
}
