// A remote that refuses, stalls, dies, drops its answer, is slow, or will not have a push for a while. What stands for ssh in
// the world looks at a file; the hook is git's own.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { between, pick } from '../chance.mjs';

const always = () => undefined;

/**
 * Tells the remote of a world how to behave from now on.
 *
 * @param {string} folder of the world: that which holds the origin
 * @param {object | undefined} mood `{mood: 'refuse' | 'stall' | 'die' | 'drop' | 'slow', of?: 'push' | 'fetch', times?, after?, delayMs?}`; nothing: well
 */
export function setRemoteMood(folder, mood) {
  const path = join(folder, 'remote-mood');
  rmSync(`${path}.hits`, { force: true });
  if (mood === undefined) rmSync(path, { force: true });
  else {
    writeFileSync(`${path}.next`, JSON.stringify(mood));
    renameSync(`${path}.next`, path);
  }
}

/** How often the remote has behaved as it was told. */
export function remoteHits(folder) {
  const path = join(folder, 'remote-mood.hits');
  return existsSync(path) ? readFileSync(path, 'utf8').length : 0;
}

function remoteFault(name, moodOf, options = {}) {
  return {
    name,
    kind: 'remote',
    missing: always,
    arm: async ({ folder }, dice) => {
      const mood = moodOf(dice);
      setRemoteMood(folder, mood);
      let hits = 0;
      return {
        ...options,
        hits: () => Math.max(hits, remoteHits(folder)),
        disarm: async () => {
          hits = remoteHits(folder);
          setRemoteMood(folder, undefined);
        },
      };
    },
  };
}

const oneSide = (dice) => pick(['push', 'fetch', undefined], dice);

/** A hook that will not have the first pushes, as a protected branch that somebody opens later. */
const protectedBranch = {
  name: 'remote rejects',
  kind: 'remote',
  missing: always,
  arm: async ({ origin }, dice) => {
    const hook = join(origin, 'hooks', 'pre-receive');
    const hitsFile = join(origin, 'hooks', 'pre-receive.hits');
    const times = between(1, 3, dice);
    rmSync(hitsFile, { force: true });
    writeFileSync(
      hook,
      `#!/bin/sh
cat >/dev/null
[ "$(wc -c < "${hitsFile}" 2>/dev/null || echo 0)" -ge ${times} ] && exit 0
printf . >> "${hitsFile}"
echo 'GH006: Protected branch update failed' >&2
exit 1
`,
      { mode: 0o755 },
    );
    let hits = 0;
    const count = () => (existsSync(hitsFile) ? readFileSync(hitsFile, 'utf8').length : hits);
    return {
      hits: () => Math.max(hits, count()),
      disarm: async () => {
        hits = count();
        rmSync(hook, { force: true });
        rmSync(hitsFile, { force: true });
      },
    };
  },
};

/** @type {import('./list.mjs').Fault[]} */
export const REMOTE_FAULTS = [
  remoteFault('remote refuses', (dice) => ({ mood: 'refuse', of: oneSide(dice), times: between(1, 6, dice) })),
  remoteFault('remote stalls', (dice) => ({ mood: 'stall', of: oneSide(dice), times: between(1, 2, dice) }), {
    args: ['--push-timeout', '2'],
  }),
  remoteFault('remote dies', (dice) => ({
    mood: 'die',
    of: oneSide(dice),
    after: between(1, 1200, dice),
    times: between(1, 4, dice),
  })),
  remoteFault('remote drops the answer', (dice) => ({ mood: 'drop', of: 'push', times: between(1, 3, dice) })),
  remoteFault('remote is slow', (dice) => ({
    mood: 'slow',
    delayMs: between(20, 400, dice),
    times: between(3, 9, dice),
  })),
  protectedBranch,
];
