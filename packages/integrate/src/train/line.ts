/** What was made of a candidate on top of another commit. */
export interface Stack {
  readonly onto: string;
  readonly commit: string;
}

/** A candidate in the line. */
export interface Place {
  readonly id: string;
  /** By arrival. */
  readonly number: number;
  readonly work: 'none' | 'building' | 'judging' | 'cutting_off';
  readonly stack: Stack | undefined;
  /** The word of the gate about the stack as it is. */
  readonly verdict: 'unknown' | 'green' | 'red';
  /** Those in front with which it is in conflict; it is not stacked until they have landed or left. */
  readonly waitsFor: readonly string[];
  /** The commit of the target branch with which it is in conflict. */
  readonly refusedBy: string | undefined;
  /** It was red while these in front of it were undecided; those behind are stacked as if it were not there. */
  readonly suspectAfter: readonly string[] | undefined;
  /** The remote refused it together with others: it is judged and pushed by itself. */
  readonly apart: boolean;
  /** Younger candidates that have landed since it came. */
  readonly overtaken: number;
}

/** Candidates on their way to one target branch, the next to land first. Everything in it is known; nothing is done. */
export interface Line {
  /** Where the target branch is; unknown at the start and after a push that did not land. */
  readonly target: string | undefined;
  readonly looking: boolean;
  readonly places: readonly Place[];
  /** On their way to the remote, the first of the line. */
  readonly pushing: readonly string[];
  /** No longer in the line, while what is left of their gates is being ended. */
  readonly ending: readonly string[];
  /** Left the line to be remedied: how often each has been overtaken, with its number. */
  readonly away: Readonly<Record<string, { readonly number: number; readonly overtaken: number }>>;
  /** Whether the last candidates were red, the latest last. */
  readonly reds: readonly boolean[];
}

export interface Rules {
  /** Gates at the same time. */
  readonly jobs: number;
  readonly landing: Landing;
}

export const LANDINGS = ['auto', 'train', 'batch', 'serial'] as const;

export type Landing = (typeof LANDINGS)[number];

/** What is to be done next. */
export type Action =
  | { readonly kind: 'look' }
  | { readonly kind: 'build'; readonly id: string; readonly onto: string }
  /** `below`: judged together with it, since they are part of the same tree. */
  | { readonly kind: 'judge'; readonly id: string; readonly commit: string; readonly below: readonly string[] }
  | { readonly kind: 'cut_off'; readonly id: string }
  /** The commit of the last of them is pushed and brings the others along. */
  | { readonly kind: 'push'; readonly ids: readonly string[]; readonly commit: string }
  /** It cannot land as it is: the gate is red on it, or it is in conflict with the target itself. */
  | { readonly kind: 'leave'; readonly id: string; readonly why: 'red' | 'conflict' };

export const EMPTY_LINE: Line = {
  target: undefined,
  looking: false,
  places: [],
  pushing: [],
  ending: [],
  away: {},
  reds: [],
};

/** Returns the line with one place changed. */
export function withPlace(line: Line, id: string, change: Partial<Place>): Line {
  return { ...line, places: line.places.map((place) => (place.id === id ? { ...place, ...change } : place)) };
}

/** Tells whether a gate runs for a place, be it to be ended. */
export function hasGate({ work }: Place): boolean {
  return work === 'judging' || work === 'cutting_off';
}

/** Tells whether a place is left out when others are stacked. */
export function isAside({ waitsFor, suspectAfter }: Place): boolean {
  return waitsFor.length > 0 || suspectAfter !== undefined;
}

/** Tells whether something was done for a place that a newcomer in front of it would make worthless. */
export function isTakenOn(line: Line, { id, work, verdict }: Place): boolean {
  return work === 'judging' || verdict !== 'unknown' || line.pushing.includes(id);
}
