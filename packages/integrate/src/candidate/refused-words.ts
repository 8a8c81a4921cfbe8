import type { Refusal } from '../push/push-verdict.ts';

const WORDS = {
  race: 'others pushed first each time',
  lock_left: 'the branch is locked on the remote',
  policy: 'the remote refuses the push',
  auth: 'the remote refuses us',
  network: 'the remote cannot be reached',
  local: 'git refuses to push here',
  unknown: 'the push was cut off and has not landed',
} as const satisfies Record<Refusal, string>;

/** Returns how a refusal is told to a person. */
export function refusedWords(refusal: Refusal): string {
  return WORDS[refusal];
}
