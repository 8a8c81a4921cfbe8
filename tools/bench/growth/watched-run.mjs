// A `ralph-orchestrate run` whose processes are looked at while it goes on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { plainEnvironment } from '../measure/generated-repository.mjs';
import { Family } from '../end-to-end/processes.mjs';
import { launcher } from './sizes.mjs';

const LOOK_MS = 50;

/**
 * Runs until nothing is left, or until so many agents are at work: then it is stopped.
 *
 * @param {string} root
 * @param {string[]} args
 * @param {number} agents
 * @returns {Promise<{ wall: number, cpu: number, megabytes: number, processes: number }>} milliseconds, those of our
 *   processes on the processor, their memory and number at most
 */
export async function watchedRun(root, args, agents = Number.POSITIVE_INFINITY) {
  const begin = performance.now();
  const child = spawn(process.execPath, [launcher('orchestrate'), 'run', '--format', 'ndjson', ...args], {
    cwd: root,
    env: plainEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let [words, started] = ['', 0];
  child.stderr.setEncoding('utf8').on('data', (text) => (words += text));
  const family = new Family();
  // Below this process there is nothing else.
  const look = () => family.look(process.pid);
  const timer = setInterval(look, LOOK_MS);
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.includes('"agent.started"')) continue;
    started += 1;
    if (started !== agents) continue;
    // A process counts from the second look on.
    for (const _ of [1, 2]) look();
    child.kill('SIGTERM');
  }
  const [status, signal] = await ended;
  clearInterval(timer);
  const isStopped = started >= agents;
  if (isStopped ? started === 0 : status !== 0)
    throw new Error(`ralph-orchestrate ended with ${status ?? signal}: ${words}`);
  const cpu = Object.values(family.times()).reduce((sum, ms) => sum + ms, 0);
  return { wall: performance.now() - begin, cpu, megabytes: family.ownMegabytes, processes: family.ownMost };
}
