// Somebody who starts a run with tasks of his own beside ours: in a worktree, on a branch of its own.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endOf, startRun } from '../one-run.mjs';
import { queueTask } from '../world/queue.mjs';

const TASKS = 2;

/** @type {import('./list.mjs').Fault} */
export const secondLoop = {
  name: 'second loop in a worktree',
  kind: 'foreign',
  missing: () => undefined,
  arm: async (world) => {
    let other;
    let isBeside = false;
    return {
      strike: async () => {
        if (other !== undefined) return;
        const number = world.loops.length + 1;
        const ids = Array.from({ length: TASKS }, (_, index) => `SECOND-${number}-${index + 1}`);
        const file = join(world.folder, `second-${number}.ndjson`);
        writeFileSync(file, ids.map((id) => `${JSON.stringify(queueTask(id))}\n`).join(''));
        for (const id of ids) writeFileSync(join(world.folder, 'kinds', id), 'edit');
        other = startRun(world, { args: ['--on-busy', 'worktree', '--wait', '0.2', '--tasks', file] });
        const loopName = () => other.events().find(({ type }) => type === 'run.started')?.loop;
        world.loops.push({ file, ids, name: loopName });
        await endOf(world, other);
        isBeside = loopName() !== undefined;
      },
      hits: () => (isBeside ? 1 : 0),
      disarm: async () => undefined,
    };
  },
};
