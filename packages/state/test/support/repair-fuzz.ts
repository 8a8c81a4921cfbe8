import { LIFECYCLES } from '@ralph/protocol/contract/lifecycle';
import { mendState } from '../../src/repair/state-repair.ts';

const IDS = ['RQ-0001', 'RQ-0002', 'RQ-0003', 'RQ-0004'];
const NOW = new Date('2026-06-02T00:00:00Z');

const TEXT = `${JSON.stringify(
  {
    schema_version: 3,
    started_at: '2026-06-01T00:00:00Z',
    target_branch: 'main',
    workers: IDS.map((task_id, index) => ({
      task_id,
      workspace_path: `/w/${task_id}`,
      lifecycle: LIFECYCLES[index],
      started_at: '2026-06-01T00:00:00Z',
      push_attempts: index,
      attempt: index + 1,
      theirs: [{ nested: true }],
    })),
    revision: 9,
  },
  null,
  2,
)}\n`;

/** Where the record of a task stands in the text. */
function placeOf(id: string): readonly [number, number] {
  const start = TEXT.lastIndexOf('{', TEXT.indexOf(`"${id}"`));
  return [start, TEXT.indexOf('\n    }', start) + '\n    }'.length];
}

/** What is put in the place of one byte. */
const DAMAGES = ['', '\0', 'x', '"', '}', '{', '[', ']', '/*', ','];

/**
 * Damages a state file at one place after the other, and mends it.
 *
 * @param step how far the places are from each other
 * @returns the undamaged records that were lost, and how many files were tried
 */
export async function damageEverywhere(step: number): Promise<{ lost: string[]; tried: number }> {
  const lost: string[] = [];
  let tried = 0;
  for (let at = 0; at < TEXT.length; at += step) {
    for (const damage of DAMAGES) {
      const text = TEXT.slice(0, at) + damage + TEXT.slice(at + 1);
      if (text === TEXT) continue;
      tried += 1;
      const { state } = await mendState({ text, isWhole: true }, '/s', NOW);
      // Nothing was wrong with it: then every reader takes it as it is.
      if (state === undefined) continue;
      const kept = new Set(state.workers.map(({ task_id }) => task_id));
      for (const id of IDS) {
        const [start, end] = placeOf(id);
        const isDamaged = at >= start && at < end;
        if (!isDamaged && !kept.has(id)) lost.push(`${id}: ${JSON.stringify(damage)} at ${at}`);
      }
    }
  }
  return { lost, tried };
}
