import type { LogLimits } from '../record/rotate-log.ts';
import type { Settled } from './layers.ts';

/** Returns how much of its events a loop keeps. */
export function logLimits(settled: Settled): LogLimits {
  return {
    bytes: Math.round(settled.value('history.log_mb') * 2 ** 20),
    older: settled.value('history.older_logs'),
  };
}
