import { Failure } from '@ralph/protocol/contract/failure';
import type { RunLines } from '../record/run-index.ts';
import type { RunLog } from '../record/run-log.ts';

const MOST_NAMED = 5;

export interface FoundRun {
  readonly found: RunLines;
  /** Whether it is the last one on record. */
  readonly isNewest: boolean;
}

/**
 * Finds one run in a log.
 *
 * @param wanted its id, the beginning of one that no other has, or `last`
 * @throws Failure `run_not_found`; `usage` where several are meant
 */
export async function findRun(log: RunLog, wanted: string): Promise<FoundRun> {
  const found: RunLines[] = [];
  let number = 0;
  let newest: RunLines | undefined;
  await log.runs((run) => {
    newest = run;
    if (!run.id.startsWith(wanted)) return;
    number += 1;
    if (found.length < MOST_NAMED || run.id === wanted) found.push(run);
  });
  if (wanted === 'last' && newest !== undefined) return { found: newest, isNewest: true };
  const exact = found.find(({ id }) => id === wanted) ?? found[0];
  if (exact === undefined) throw notFound(wanted, newest === undefined);
  if (number === 1 || exact.id === wanted) return { found: exact, isNewest: exact === newest };
  const ids = found.map(({ id }) => id).join(', ');
  throw new Failure('usage', `${number} runs begin with ${wanted}: ${ids}${number > found.length ? ', …' : ''}`, {
    hint: 'name one of them: ralph-orchestrate history',
  });
}

function notFound(wanted: string, isEmpty: boolean): Failure {
  const words = isEmpty ? 'no run is on record here' : `no run on record is called ${wanted}, or begins so`;
  const hint = isEmpty ? 'begin one: ralph-orchestrate run' : 'see those that are: ralph-orchestrate history';
  return new Failure('run_not_found', words, { hint });
}
