import { uptime } from 'node:os';
import { readProcStat } from './process-identity.ts';

/** The unit in which /proc tells when a process began. */
const TICK_MS = 10;

/** By how much two clocks may differ. */
const CLOCKS_MS = 100;

/**
 * Tells whether a process has lived for less than some time: then its number is no longer that of whom somebody meant so
 * long ago. Where there is no /proc nobody can tell, and it has not.
 */
export function isYounger(pid: number, ms: number): boolean {
  const startTime = readProcStat(pid)?.startTime;
  if (startTime === undefined) return false;
  const lived = uptime() * 1000 - Number(startTime) * TICK_MS;
  return lived < ms - CLOCKS_MS;
}
