// The output of an agent, from a few lines to two gigabytes.
import { generatedRepository } from '../measure/generated-repository.mjs';
import { byCat, byWorker } from '../measure/streams.mjs';
import { turns } from '../measure/turns.mjs';
import { removed } from '../measure/workspace-times.mjs';
import { seriesBySize } from './sizes.mjs';

const of = 'bytes';
const against = 'cat > file';
/** From the first line to two gigabytes; garbage that is not collected yet is in it. */
const MORE_MB = 50;
/** The log that is being written, the one before it, and what a fast agent prints between two looks at it. */
const LOG_MB = 100;

/** Yields the series of output. */
export async function* output({ sizes, rounds }) {
  const asked = [
    { name: 'time of an agent that prints', of, unit: 'ms', against, ours: 'ms', theirs: 'catMs' },
    { name: 'our memory at most', of, unit: 'MB', against, ours: 'megabytes', theirs: 'catMegabytes', more: MORE_MB },
    { name: 'what is kept of it on the disk', of, unit: 'MB', against, ours: 'logged', theirs: 'whole', more: LOG_MB },
  ];
  yield* await seriesBySize(sizes, asked, async (folder, bytes) => {
    const root = await generatedRepository(folder, { files: 50, commits: 10 });
    const other = { megabytes: [], logged: [], catMegabytes: [], whole: [] };
    const seen = await turns(
      {
        ms: async () => {
          const { ms, megabytes, logged } = await byWorker(root, bytes);
          await removed(root, 'RQ-1');
          other.megabytes.push(megabytes);
          other.logged.push(logged / 1e6);
          return ms;
        },
        catMs: async () => {
          const { ms, megabytes } = await byCat(root, bytes);
          other.catMegabytes.push(megabytes);
          other.whole.push(bytes / 1e6);
          return ms;
        },
      },
      { rounds },
    );
    return { ...seen, ...other };
  });
}
