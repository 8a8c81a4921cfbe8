import type { StateFile } from '@ralph/protocol/contract/state-file';
import { StateImage } from '../../src/store/state-image.ts';

/** Returns the text of the state file for a state. */
export function serialiseState(state: StateFile): string {
  return new StateImage(state).bytes.toString('utf8');
}
