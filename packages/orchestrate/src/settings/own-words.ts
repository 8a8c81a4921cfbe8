import { Failure, isFailure } from '@ralph/protocol/contract/failure';
import type { Settled } from './layers.ts';

/**
 * Returns what a sibling found wrong with its options in the words of `run`, which handed them on; other errors are
 * returned as they are.
 */
export function inOwnWords(error: unknown, settled: Settled): unknown {
  if (!isFailure(error)) return error;
  const hint = 'try ralph-orchestrate run --help';
  if (error.code === 'usage') return new Failure('usage', error.message, { ...error.parts, hint });
  const { source, from, line } = settled.get('parallel.ignored_file_allowlist');
  if (source === 'flag' || !error.message.startsWith('--copy[')) return error;
  const where = line === undefined ? from : `${from}:${line}`;
  const what = error.message.replace('--copy[', 'parallel.ignored_file_allowlist[');
  return new Failure(error.code, `${where}: ${what}`, error.parts);
}
