// What the kernel tells of one process while it lives.
import { readdirSync, readFileSync } from 'node:fs';

/** Returns its own milliseconds on the processor, of all its threads, without those of its children. */
export function ownTimeOf(pid) {
  const threads = `/proc/${pid}/task`;
  const ran = (thread) => Number(readFileSync(`${threads}/${thread}/schedstat`, 'utf8').split(' ')[0]);
  return readdirSync(threads).reduce((sum, thread) => sum + ran(thread), 0) / 1e6;
}

/**
 * Returns its memory in MB.
 *
 * @param {number} pid
 * @param {'VmRSS' | 'VmHWM'} field as it stands, or at most so far
 */
export function memoryOf(pid, field) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status);
  if (found === null) throw new Error(`the process ${pid} has ended`);
  return Number(found[1]) / 1024;
}
