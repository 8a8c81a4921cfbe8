// The end of agents that are deaf to signals and have left a child outside their group.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pairs } from '../book/pairs.mjs';
import { rowOf } from '../book/row.mjs';
import { RunningWorker } from '../measure/running-worker.mjs';
import { reaped } from '../measure/workspace-times.mjs';

const MOST_MS = 2500;
/** What ralph-worker gives an agent to end by itself. */
const GRACE = '1.5';

/** Yields the time from the signal to our end, beside timeout(1) with the same grace, which leaves the children behind. */
export async function* stubborn(root, count, rounds) {
  const left = join(root, '../left-behind');
  const script = `trap '' INT TERM HUP
setsid sh -c 'trap "" INT TERM HUP; while :; do sleep 0.2; done' &
echo $! >> ${left}; echo deaf; while :; do sleep 0.2; done`;
  const seen = await pairs(
    () => bySignal(root, script, count, left),
    () => byTimeout(root, script, count, left),
    { rounds },
  );
  const against = `timeout -k ${GRACE}, without their children`;
  yield rowOf({ name: `${count} stubborn agents end`, unit: 'ms', against, budget: { most: MOST_MS }, ...seen });
}

async function bySignal(root, script, count, left) {
  rmSync(left, { force: true });
  const worker = new RunningWorker(root, script, count);
  worker.give(count);
  // It says so once each is deaf to signals.
  await worker.saw('agent.progress', count);
  const time = await worker.end('SIGTERM');
  const alive = pidsIn(left).filter(isAlive);
  if (alive.length > 0) throw new Error(`left alive: ${alive.join(' ')}`);
  await reaped(root);
  return time;
}

async function byTimeout(root, script, count, left) {
  rmSync(left, { force: true });
  const agent = join(root, '../stubborn-agent');
  writeFileSync(agent, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const children = Array.from({ length: count }, () =>
    spawn('timeout', ['-k', GRACE, '600', agent], { stdio: ['ignore', 'pipe', 'ignore'] }),
  );
  await Promise.all(children.map(({ stdout }) => once(stdout, 'data')));
  const ended = Promise.all(children.map((child) => once(child, 'exit')));
  const begin = performance.now();
  for (const child of children) child.kill('SIGTERM');
  await ended;
  const time = performance.now() - begin;
  for (const pid of pidsIn(left)) end(pid);
  return time;
}

function pidsIn(path) {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean).map(Number) : [];
}

/** One that has ended and that nobody has asked for is still among the processes. */
function isAlive(pid) {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Its sleep of a moment ends by itself. */
function end(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
