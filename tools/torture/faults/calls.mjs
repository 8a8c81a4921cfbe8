// Calls of the system that fail below our programs, and below the git that they start.
import { missingLibrary } from '../preload/library.mjs';
import { between, pick } from '../chance.mjs';
import { ruleOf } from './plan-of-world.mjs';

/** Whoever touches files on our account; agents and gates are told apart by their environment and left alone. */
export const OURS = ['ralph-*', 'flock', 'perl'];
const GIT = ['git*'];

/** Families of calls that may find no room, and those that may find a bad disk. */
export const TAKING_ROOM = ['create', 'write', 'sync', 'rename', 'link', 'mkdir', 'truncate', 'copy'];
export const TOUCHING = ['open', 'read', 'unlink', ...TAKING_ROOM];
const RESTARTABLE = ['open', 'read', 'write', 'sync', 'close', 'flock', 'create', 'truncate'];

/** Paths of the machine that the programs run on: the origin is another's. */
export function ownPaths(world) {
  return [`${world.root}/*`, `${world.workspaces}*`];
}

function callFault(name, chosen) {
  return {
    name,
    kind: 'call',
    missing: missingLibrary,
    arm: async (world, dice) => {
      const { plan, index, free } = ruleOf(world);
      plan.set(index, { paths: ownPaths(world), seed: between(0, 1e9, dice), ...chosen(dice) });
      return {
        env: plan.env,
        hits: () => plan.hits(index),
        disarm: async () => {
          plan.unset(index);
          free();
        },
      };
    },
  };
}

/** A few calls somewhere in the run, in our programs or in git. */
function aFew(dice, calls) {
  const programs = dice() < 0.6 ? OURS : GIT;
  return { calls, programs, after: between(0, programs === OURS ? 120 : 250, dice), times: between(1, 4, dice) };
}

/** @type {import('./list.mjs').Fault[]} */
export const CALL_FAULTS = [
  callFault('EIO', (dice) => ({ error: 'EIO', ...aFew(dice, TOUCHING) })),
  callFault('ENOSPC', (dice) => ({ error: 'ENOSPC', ...aFew(dice, TAKING_ROOM) })),
  callFault('EMFILE', (dice) => ({ error: pick(['EMFILE', 'ENFILE'], dice), ...aFew(dice, ['open', 'create']) })),
  callFault('EINTR', (dice) => ({
    error: 'EINTR',
    calls: RESTARTABLE,
    programs: dice() < 0.5 ? OURS : GIT,
    chance: 0.02 + dice() * 0.1,
  })),
  callFault('short writes', () => ({ calls: ['write'], deed: 'shorten', programs: [...OURS, ...GIT], chance: 0.3 })),
  {
    ...callFault('no more processes', (dice) => ({
      calls: ['fork'],
      paths: ['/'],
      error: pick(['EAGAIN', 'ENOMEM'], dice),
      programs: [...OURS, ...GIT],
      after: between(0, 60, dice),
      times: between(1, 3, dice),
    })),
  },
  {
    ...callFault('slow disk', (dice) => ({
      calls: ['sync', 'rename', 'write', 'unlink'],
      deed: 'delay',
      delayMs: between(5, 120, dice),
      programs: [...OURS, ...GIT],
      chance: 0.25,
    })),
    kind: 'disk',
  },
];
