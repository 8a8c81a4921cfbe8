// Others who push to the target branch, and others who start a run in the same repository.
import { between, pick } from '../chance.mjs';
import { endOf, startRun } from '../one-run.mjs';
import { pause } from '../wait.mjs';
import { secondLoop } from './second-loop.mjs';
import { foreignCommit } from './foreign-commit.mjs';
import { striking } from './striking.mjs';

const always = () => undefined;

async function push(world, run, dice) {
  const count = between(1, 4, dice);
  let hits = 0;
  for (let index = 0; index < count; index += 1) {
    const name = `foreign/${world.foreign.size} of others`;
    hits += foreignCommit(world, 'of others', () => ({ [name]: `${dice()}\n` }));
    await pause(between(0, 300, dice), world.signal);
  }
  return hits;
}

async function conflictingPush(world) {
  return foreignCommit(world, 'of others, to the same lines', (read) => ({
    'shared.txt': `${read('shared.txt') ?? ''}of others ${world.foreign.size}\n`,
  }));
}

/** Ends what a second run may say of itself: it was refused, or it worked after the first one. */
const REFUSED = 75;

/** @type {import('./list.mjs').Fault} */
const secondRun = {
  name: 'second orchestrator',
  kind: 'foreign',
  missing: always,
  arm: async (world, dice) => {
    const others = [];
    return {
      strike: async () => {
        const form = pick(
          [
            ['--on-busy', 'fail'],
            ['--on-busy', 'wait', '--wait', '2'],
            ['--exclusive', '--wait', '30'],
          ],
          dice,
        );
        const other = startRun(world, { args: [...form, '--max-tasks', '2'] });
        others.push(other);
        // It lands work of its own when the first has ended: the next run waits for it.
        const { status } = await endOf(world, other);
        world.seconds.push({ form: form.join(' '), status, isRefused: status === REFUSED });
      },
      hits: () => others.length,
      disarm: async () => undefined,
    };
  },
};

/** @type {readonly import('./list.mjs').Fault[]} */
export const FOREIGN_FAULTS = [
  striking('foreign push', 'foreign', push, always),
  striking('foreign push in conflict', 'foreign', conflictingPush, always),
  secondRun,
  secondLoop,
];
