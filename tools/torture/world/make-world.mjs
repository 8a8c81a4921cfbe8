// One world: everything that a round happens to, in a folder of its own, drawn from the seed and the number of the round.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { git, plainEnvironment } from '../../bench/measure/generated-repository.mjs';
import { between, chance, pick } from '../chance.mjs';
import { temporaryFolder } from '../temporary.mjs';
import { agentScript, gateScript } from './agent.mjs';
import { generatedTasks } from './queue.mjs';
import { makeRepository } from './repository.mjs';

/** What comes from a stream of numbers of its own. */
const WORLD = 0;

const IDLE_SECONDS = 5;

/** What fails because of a fault is taken up again by each run. */
const NEVER_LEFT_OUT = ['--max-failures', '0', '--stop-after-failures', '0', '--format', 'ndjson'];

/**
 * @typedef {object} World
 * @property {string} folder   holds everything of the round
 * @property {string} root     the user's clone
 * @property {string} origin   the bare repository behind the remote
 * @property {string} workspaces
 * @property {string} bin      first on PATH
 * @property {Readonly<Record<string, string>>} env
 * @property {readonly string[]} args   of every run
 * @property {Map<string, string>} tasks   the kind of each task by its id; faults may add some
 * @property {boolean} tracked   whether git carries the queue
 * @property {string} token      a secret
 * @property {string} start      the commit that all begins with
 * @property {{ path: string, text: string }[]} untouched
 * @property {Set<string>} foreign      commits that others have pushed
 * @property {{ id: string, attempt: number }[]} deleted   workspaces that a fault has deleted
 * @property {{ form: string, status: number | null }[]} seconds   runs that others have started beside ours, and how they ended
 * @property {{ file: string, ids: string[], name: () => string | undefined }[]} loops   second loops that were begun with tasks of their own
 * @property {boolean} isStateEdited   whether somebody has put a field of his own into the state file
 * @property {number} failedWrites   how many writes to our files a fault may have cut off
 * @property {string[]} hung   programs that did not end
 * @property {{ words: string, status: number | null, signal: string | null, stdout: string, stderr: string }[]} ends   of all programs that were started
 * @property {AbortSignal} signal   told when all is to end
 * @property {(...args: string[]) => string} git
 * @property {(...args: string[]) => string} gitOrigin
 */

/** Makes the world of a round, in an empty folder. */
export function makeWorld({ seed, round, signal, folder = temporaryFolder('torture') }) {
  const dice = chance(seed, round, WORLD);
  const bin = join(folder, 'bin');
  for (const name of ['active', 'bin', 'kinds', 'once', 'tmp']) mkdirSync(join(folder, name));
  const tracked = dice() < 0.6;
  const token = `ghp_${Array.from({ length: 36 }, () => Math.floor(dice() * 36).toString(36)).join('')}`;
  writeFileSync(join(folder, 'token'), token);
  const drawn = generatedTasks(dice);
  for (const { task, kind } of drawn) writeFileSync(join(folder, 'kinds', task.id), kind);
  const repository = makeRepository(folder, { tasks: drawn.map(({ task }) => task), tracked, token }, dice);
  writeFileSync(join(folder, 'green'), `${git(repository.root, 'rev-parse', 'main^{tree}')}\n`);
  writeFileSync(join(bin, 'agent'), agentScript(folder), { mode: 0o755 });
  writeFileSync(join(bin, 'gate'), gateScript(folder), { mode: 0o755 });
  writeFileSync(join(bin, 'torture-ssh'), sshScript(folder), { mode: 0o755 });
  return {
    ...repository,
    folder,
    bin,
    tracked,
    token,
    signal,
    tasks: new Map(drawn.map(({ task, kind }) => [task.id, kind])),
    workspaces: join(folder, '.workspaces', basename(repository.root), 'parallel'),
    env: worldEnvironment(folder, bin),
    args: runOptions(dice, bin),
    foreign: new Set(),
    deleted: [],
    seconds: [],
    loops: [],
    isStateEdited: false,
    hung: [],
    failedWrites: 0,
    ends: [],
    git: (...args) => git(repository.root, ...args),
    gitOrigin: (...args) => git(repository.origin, ...args),
  };
}

function worldEnvironment(folder, bin) {
  const plain = plainEnvironment();
  return {
    ...plain,
    PATH: [bin, dirname(process.execPath), plain.PATH].join(delimiter),
    TMPDIR: join(folder, 'tmp'),
    LC_ALL: 'C.UTF-8',
    GIT_SSH: join(bin, 'torture-ssh'),
    GIT_SSH_VARIANT: 'simple',
    RALPH_TORTURE: folder,
  };
}

/** The shell does what is asked of a healthy remote by itself: to start node takes longer. */
function sshScript(folder) {
  const standIn = fileURLToPath(new URL('ssh-stand-in.mjs', import.meta.url));
  return `#!/bin/sh
if [ -e '${folder}/remote-mood' ]; then exec '${process.execPath}' '${standIn}' '${folder}' "$@"; fi
for last in "$@"; do :; done
exec sh -c "$last"
`;
}

function runOptions(dice, bin) {
  const workers = String(between(1, 6, dice));
  const landing = pick(['auto', 'train', 'batch', 'serial'], dice);
  const usual = ['run', '--workers', workers, '--landing', landing, '--ci', `'${join(bin, 'gate')}'`];
  const patience = ['--idle-timeout', String(IDLE_SECONDS), '--backoff', '50,100,200', '--resolver-attempts', '2'];
  return [
    ...usual,
    ...patience,
    ...NEVER_LEFT_OUT,
    ...(dice() < 0.3 ? ['--gates-at-once', '--gate', 'second=true'] : []),
    ...(dice() < 0.2 ? ['--flaky-retry'] : []),
    ...(dice() < 0.3 ? ['--fresh'] : []),
  ];
}

/** Returns what is put behind the options of a run. */
export function agentWords({ bin }) {
  return ['--', join(bin, 'agent')];
}
