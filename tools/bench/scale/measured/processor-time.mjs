// All the processor time of what is started, however it was started: most of git has no parent any more that could tell.
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs something in a control group of its own.
 *
 * @template T
 * @param {() => Promise<T>} act
 * @returns {Promise<{ value: T, ms: number | undefined }>} with the milliseconds on the processor without those of this
 *   process; undefined where no control group (version 2) can be made
 */
export async function processorTime(act) {
  const group = made();
  if (group === undefined) return { value: await act(), ms: undefined };
  const before = process.cpuUsage();
  try {
    const value = await act();
    const usage = Number(/^usage_usec (\d+)$/m.exec(readFileSync(join(group.path, 'cpu.stat'), 'utf8'))[1]);
    const { user, system } = process.cpuUsage(before);
    return { value, ms: (usage - user - system) / 1000 };
  } finally {
    enter(group.parent);
    rmdirSync(group.path);
  }
}

function made() {
  try {
    const mount = / (\/\S+) cgroup2 /.exec(readFileSync('/proc/self/mounts', 'utf8'))[1];
    const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))[1];
    const parent = join(mount, own);
    const path = join(parent, `ralph-bench-${process.pid}`);
    mkdirSync(path);
    enter(path);
    return { parent, path };
  } catch {
    return undefined;
  }
}

function enter(path) {
  writeFileSync(join(path, 'cgroup.procs'), String(process.pid));
}
