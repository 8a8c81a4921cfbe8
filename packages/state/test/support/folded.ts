import type { AnyEvent } from '@ralph/protocol/contract/events';
import type { StateFile, WorkerRecord } from '@ralph/protocol/contract/state-file';
import { fold } from '../../src/records/fold.ts';
import { emptyState } from '../../src/store/state-document.ts';

/** Folds events one after the other; a refused one changes nothing. */
export function folded(events: readonly AnyEvent[], from: StateFile = emptyState('main', '')): StateFile {
  let state = from;
  for (const event of events) {
    const result = fold(state, event);
    if (result.kind === 'folded') state = result.state;
  }
  return state;
}

/** Returns the one record of a state. */
export function onlyRecord({ workers }: StateFile): WorkerRecord {
  const [record] = workers;
  if (record === undefined || workers.length > 1) throw new Error(`${workers.length} records`);
  return record;
}
