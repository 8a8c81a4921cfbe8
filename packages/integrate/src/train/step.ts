import { chooseGates } from './choose-gates.ts';
import { happened, without, type Happening } from './happened.ts';
import { REMEMBERED, stackDepth } from './landing-size.ts';
import { hasGate, withPlace, type Action, type Line, type Place, type Rules } from './line.ts';
import { stackUp, together, type Pile, type Standing } from './stack-up.ts';

export interface Step {
  readonly line: Line;
  readonly actions: readonly Action[];
}

/**
 * Decides what follows what has happened at once: pure, and the same for the same history. The line that is returned
 * takes the actions as begun. No candidate is pushed unless the gate is green on exactly the tree that is pushed.
 */
export function step(before: Line, happenings: readonly Happening[], rules: Rules): Step {
  const actions: Action[] = [];
  const line = happenings.reduce((then, happening) => happened(then, happening), before);
  let next: Decision = { line, actions, again: true };
  // One that leaves, or is left out, changes what the others stand on.
  while (next.again) {
    next = decide(next.line, rules);
    actions.push(...next.actions);
  }
  return { line: next.line, actions };
}

interface Decision extends Step {
  readonly again: boolean;
}

function decide(line: Line, rules: Rules): Decision {
  const { target } = line;
  if (line.places.length === 0 || line.looking) return { line, actions: [], again: false };
  if (target === undefined) {
    if (line.pushing.length > 0) return { line, actions: [], again: false };
    return { line: { ...line, looking: true }, actions: [{ kind: 'look' }], again: false };
  }
  const hopeless = line.places.find(({ refusedBy }) => refusedBy === target);
  if (hopeless !== undefined) return leave(line, hopeless, 'conflict');
  const guilty = guiltySuspect(line);
  if (guilty !== undefined) return leave(line, guilty, 'red');
  const pile = stackUp(line, target, stackDepth(line, rules));
  return culprit(line, together(pile.standing)) ?? goOn(line, pile, rules);
}

/** A suspect is the culprit when all in front of it have landed. */
function guiltySuspect({ places }: Line): Place | undefined {
  return places.find(({ suspectAfter }) => suspectAfter?.length === 0);
}

function leave(line: Line, { id, number, overtaken }: Place, why: 'red' | 'conflict'): Decision {
  const reds = why === 'red' ? [...line.reds, true].slice(-REMEMBERED) : line.reds;
  const away = { ...line.away, [id]: { number, overtaken } };
  return { line: without({ ...line, reds, away }, id), actions: [{ kind: 'leave', id, why }], again: true };
}

/**
 * A red one that stands on the target itself is the culprit. While those below it are being judged or pushed, it is the
 * likely one: the others go on without it.
 */
function culprit(line: Line, standing: readonly Standing[]): Decision | undefined {
  const { green, red } = edges(standing);
  const place = red === undefined ? undefined : standing[red];
  if (place === undefined) return undefined;
  const undecided = standing.slice(green + 1, red);
  if (red === 0) return leave(line, place, 'red');
  if (undecided.some(({ work }) => work !== 'judging')) return undefined;
  const suspectAfter = standing.slice(0, red).map(({ id }) => id);
  return { line: withPlace(line, place.id, { suspectAfter }), actions: [], again: true };
}

/** The lowest that is red, and the highest green one below it. */
function edges(standing: readonly Standing[]): { readonly green: number; readonly red: number | undefined } {
  const first = standing.findIndex(({ verdict }) => verdict === 'red');
  const red = first === -1 ? undefined : first;
  return { red, green: standing.slice(0, red).findLastIndex(({ verdict }) => verdict === 'green') };
}

function goOn(line: Line, pile: Pile, rules: Rules): Decision {
  const standing = together(pile.standing);
  const growing = pile.growing && standing === pile.standing;
  const { green, red } = edges(standing);
  const running = line.places.filter(hasGate).length + line.ending.length;
  const free = rules.jobs - running;
  const chosen = chooseGates({ sound: standing, green, red, growing, free, reds: line.reds }, rules);
  const judged = chosen.flatMap((index): Action[] => {
    const place = standing[index];
    if (place === undefined) return [];
    return [{ kind: 'judge', id: place.id, commit: place.stack.commit, below: sharing(standing, chosen, index) }];
  });
  const actions = [
    ...pile.actions,
    ...needless(line, standing, green, red),
    ...pushes(line, standing, green),
    ...judged,
  ];
  return { line: actions.reduce(begun, line), actions, again: false };
}

/** Those right below one that nobody else judges. */
function sharing(standing: readonly Standing[], chosen: readonly number[], index: number): string[] {
  const below = standing.slice(0, index);
  const isJudged = ({ work, verdict }: Place, at: number) =>
    work === 'judging' || verdict === 'green' || chosen.includes(at);
  return below.slice(below.findLastIndex(isJudged) + 1).map(({ id }) => id);
}

/** Gates whose word changes nothing: below a green one, and above a red one. */
function needless(line: Line, standing: readonly Standing[], green: number, red: number | undefined): Action[] {
  return standing.flatMap(({ id, work }, index) => {
    const isBelow = index < green && !line.pushing.includes(id);
    const isAbove = red !== undefined && index > red;
    return (isBelow || isAbove) && work === 'judging' ? [{ kind: 'cut_off' as const, id }] : [];
  });
}

function pushes({ pushing }: Line, standing: readonly Standing[], green: number): Action[] {
  const top = standing[green];
  if (pushing.length > 0 || top === undefined) return [];
  return [{ kind: 'push', ids: standing.slice(0, green + 1).map(({ id }) => id), commit: top.stack.commit }];
}

/** Marks an action as begun. */
function begun(line: Line, action: Action): Line {
  switch (action.kind) {
    case 'build':
      return withPlace(line, action.id, { work: 'building', stack: undefined, verdict: 'unknown' });
    case 'judge':
      return withPlace(line, action.id, { work: 'judging' });
    case 'cut_off':
      return withPlace(line, action.id, { work: 'cutting_off' });
    case 'push':
      return { ...line, pushing: action.ids };
    case 'look':
    case 'leave':
      return line;
  }
}
