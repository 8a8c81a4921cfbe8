// The figures of all sizes, put together as series.
import { seriesOf } from '../book/series.mjs';
import { inFolder } from '../measure/in-folder.mjs';

/**
 * Measures each size in a folder of its own and returns the series, when all sizes are known.
 *
 * @param {number[]} sizes
 * @param {{ name: string, unit: string, of: string, against: string, ours: string, theirs: string, more?: number }[]} asked
 *   `ours` and `theirs` name the figures that the measurement returns
 * @param {(folder: string, size: number) => Promise<Record<string, number[]>>} measure
 */
export async function seriesBySize(sizes, asked, measure, where = {}) {
  const seen = [];
  for (const size of sizes)
    for await (const figures of inFolder(async function* (folder) {
      yield await measure(folder, size);
    }, where))
      seen.push({ size, figures });
  return asked.map(({ ours, theirs, ...about }) =>
    seriesOf({
      ...about,
      points: seen.map(({ size, figures }) => ({ size, ours: figures[ours], theirs: figures[theirs] })),
    }),
  );
}

/** Returns the file that starts a program of ours. */
export function launcher(name) {
  return new URL(`../../../packages/${name}/bin/ralph-${name}.cjs`, import.meta.url).pathname;
}
