import type { RUN_OUTCOMES } from '@ralph/protocol/contract/events';
import type { RunStory } from './run-story.ts';

/** How a run ended; `running` where it goes on, `lost` where it was killed before it could say. */
export type RunState = (typeof RUN_OUTCOMES)[number] | 'running' | 'lost';

/** Returns how a run ended, or that it did not. */
export function stateOf({ finished }: Pick<RunStory, 'finished'>, isRunning: boolean): RunState {
  return finished?.outcome ?? (isRunning ? 'running' : 'lost');
}
