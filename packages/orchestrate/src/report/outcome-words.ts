import type { RunState } from '../record/run-state.ts';
import type { RunStory } from '../record/run-story.ts';

const WORDS: Readonly<Record<RunState, string>> = {
  completed: 'All that was attempted has landed, or awaits a review.',
  partial: 'Not all that was attempted has landed.',
  no_candidates: 'There was no task for this run.',
  blocked: 'There were tasks, but none could be started.',
  stopped: 'It was asked to stop, and all that was attempted has landed.',
  limit: 'A limit kept it from going on.',
  interrupted: 'It was ended before its time; the work of its agents is kept.',
  running: 'This run was still going on when this page was made: the figures are those so far.',
  lost: 'This run was killed before it could tell how it ended; the next run puts in order what it has left.',
};

/** Says to a person what an outcome means. */
export function outcomeWords(outcome: RunState): string {
  return WORDS[outcome];
}

const STOPS: Readonly<Record<NonNullable<RunStory['stopReason']>, string>> = {
  asked: ' It was asked to stop.',
  failures: ' It stopped after too many failures in a row.',
  max_tasks: ' It was to start no more tasks.',
  limit: ' Agents were turned away by a limit of their provider.',
  budget: ' Its budget was spent.',
  signal: ' It was told to end.',
  lost: ' It could not go on.',
};

/** Says why a run started nothing more, where there may have been something. */
export function stopWords(reason: RunStory['stopReason']): string {
  return reason === undefined ? '' : STOPS[reason];
}
