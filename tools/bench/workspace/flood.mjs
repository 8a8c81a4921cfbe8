// An agent that prints without end: our memory, beside cat(1) that writes the same stream into a file.
import { rowOf } from '../book/row.mjs';
import { removed } from '../measure/workspace-times.mjs';
import { byCat, byWorker } from '../measure/streams.mjs';
import { turns } from '../measure/turns.mjs';

const MOST_MB = 150;

/** Yields the most memory that we had. */
export async function* flood(root, { bytes, rounds }) {
  const seen = await turns(
    {
      ours: async () => {
        const { megabytes } = await byWorker(root, bytes);
        await removed(root, 'RQ-1');
        return megabytes;
      },
      theirs: async () => (await byCat(root, bytes)).megabytes,
    },
    { rounds },
  );
  const name = `our memory in a flood of ${(bytes / 1e6).toLocaleString('en-US')} MB`;
  yield rowOf({ name, unit: 'MB', against: 'cat > file', budget: { most: MOST_MB }, ...seen });
}
