// Git that is killed, stands still, or fails.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { between, pick } from '../chance.mjs';
import { git } from '../../bench/measure/generated-repository.mjs';
import { membersOf, send } from '../look/processes.mjs';
import { comesTrue, pause } from '../wait.mjs';
import { striking } from './striking.mjs';

const LONGEST_STALL_MS = 9000;

/** A git comes and goes; it is looked for this long. */
const LOOK_MS = 3000;

/**
 * Tells a git of ours: not of an agent or a gate, and not one that works in the user's checkout or on the server, since what
 * such a one leaves is for whoever owns that place.
 */
function isOurGit({ role, words, cwd }, world) {
  if (role !== 'git' || words.some((word) => /^(?:merge|receive-pack|upload-pack|stash)$/.test(word))) return false;
  return cwd !== world.origin && !cwd.startsWith(`${world.origin}/`) && !words.some((word) => word.includes('-pack'));
}

async function gitOf(world, run, dice) {
  let found = [];
  await comesTrue(
    () => {
      found = membersOf(world.folder).filter((member) => isOurGit(member, world));
      return found.length > 0 || run.hasEnded();
    },
    LOOK_MS,
    world.signal,
  );
  return found.length === 0 ? undefined : pick(found, dice);
}

async function killGit(world, run, dice) {
  const one = await gitOf(world, run, dice);
  return one !== undefined && send(one.pid, 'SIGKILL') ? 1 : 0;
}

async function stallGit(world, run, dice) {
  const one = await gitOf(world, run, dice);
  if (one === undefined || !send(one.pid, 'SIGSTOP')) return 0;
  await pause(LONGEST_STALL_MS * dice() ** 2, world.signal);
  send(one.pid, 'SIGCONT');
  return 1;
}

/** Fails some calls of git by ours; those of agents and gates go through, and so does what moves the user's checkout. */
function frontText(folder, real, { every, isKilled }) {
  return `#!/bin/sh
case " $* " in *' merge '*|*-pack*) exec '${real}' "$@" ;; esac
if [ -z "\${RALPH_TASK_ID-}" ] && [ -e '${folder}/armed' ]; then
  n=$(($(date +%N | sed 's/^0*//;s/^$/0/') / 1000 % ${every}))
  if [ "$n" = 0 ]; then
    echo x >>'${folder}/hits'
    ${isKilled ? 'kill -9 $$' : "echo 'fatal: torture: this call of git was made to fail' >&2; exit 128"}
  fi
fi
exec '${real}' "$@"
`;
}

/** @type {import('./list.mjs').Fault} */
const failingGit = {
  name: 'git that fails',
  kind: 'git',
  missing: () => undefined,
  arm: async (world, dice) => {
    const folder = join(world.folder, 'front');
    mkdirSync(folder, { recursive: true });
    const real = join(git(world.root, '--exec-path'), 'git');
    const text = frontText(folder, real, { every: between(20, 90, dice), isKilled: dice() < 0.4 });
    writeFileSync(join(folder, 'git'), text, { mode: 0o755 });
    writeFileSync(join(folder, 'armed'), '');
    const hits = join(folder, 'hits');
    const count = () => (existsSync(hits) ? readFileSync(hits, 'utf8').length / 2 : 0);
    const before = count();
    return {
      env: { PATH: [folder, world.env.PATH].join(delimiter) },
      hits: () => count() - before,
      disarm: async () => undefined,
    };
  },
};

/** @type {readonly import('./list.mjs').Fault[]} */
export const GIT_FAULTS = [
  striking('SIGKILL of a git', 'git', killGit),
  striking('git that stands still', 'git', stallGit),
  failingGit,
];
