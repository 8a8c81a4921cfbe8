import { REMEMBERED } from './landing-size.ts';
import { hasGate, isAside, isTakenOn, withPlace, type Line, type Place } from './line.ts';

/** What has come to be. */
export type Happening =
  | { readonly kind: 'arrived'; readonly id: string; readonly number: number }
  | { readonly kind: 'looked'; readonly target: string }
  | { readonly kind: 'not_looked' }
  | { readonly kind: 'built'; readonly id: string; readonly onto: string; readonly commit: string }
  | { readonly kind: 'conflicted'; readonly id: string; readonly onto: string }
  | { readonly kind: 'judged'; readonly id: string; readonly commit: string; readonly end: 'green' | 'red' | 'cut_off' }
  /** They are on the target branch, which is at `target` now. */
  | { readonly kind: 'pushed'; readonly ids: readonly string[]; readonly target: string }
  /** They are not. `apart`: the remote may have nothing against some of them. */
  | { readonly kind: 'not_pushed'; readonly ids: readonly string[]; readonly apart: boolean }
  /** Its way has ended elsewhere: it failed, it landed earlier, it was given up. */
  | { readonly kind: 'gone'; readonly id: string };

/** After so many younger ones have landed, a candidate that comes back goes in front of all. */
export const MOST_OVERTAKEN = 8;

/**
 * So many for each in the line, where that is more: in front of all, it makes what is being judged worthless, and where
 * hundreds are in the line eight land before anybody has come back.
 */
export const MOST_OVERTAKEN_EACH = 2;

/** Returns the line after something has happened; decides nothing. */
export function happened(line: Line, happening: Happening): Line {
  switch (happening.kind) {
    case 'arrived':
      return arrived(line, happening.id, happening.number);
    case 'looked':
      return looked(line, happening.target);
    case 'not_looked':
      return { ...line, looking: false };
    case 'built': {
      const { id, onto, commit } = happening;
      return withPlace(line, id, { work: 'none', stack: { onto, commit }, verdict: 'unknown' });
    }
    case 'conflicted':
      return conflicted(line, happening.id, happening.onto);
    case 'judged': {
      const { id, commit, end } = happening;
      const place = line.places.find((one) => one.id === id);
      // One that is on its way to the remote was green as part of another's tree.
      const isWanted = end !== 'cut_off' && !line.pushing.includes(id);
      const holds = isWanted && place?.stack?.commit === commit;
      const ending = line.ending.filter((other) => other !== id);
      return withPlace({ ...line, ending }, id, { work: 'none', ...(holds ? { verdict: end } : {}) });
    }
    case 'pushed':
      return pushed(line, happening.ids, happening.target);
    case 'not_pushed': {
      const apart = happening.apart ? happening.ids : [];
      const places = line.places.map((place) => (apart.includes(place.id) ? { ...place, apart: true } : place));
      return { ...line, places, pushing: [], target: undefined };
    }
    case 'gone': {
      const { [happening.id]: _, ...away } = line.away;
      return without({ ...line, away }, happening.id);
    }
  }
}

/** Returns the line after a candidate has left it without landing; what others were judged or kept aside for goes too. */
export function without(line: Line, id: string): Line {
  const places = line.places
    .filter((place) => place.id !== id)
    .map((place) => (place.suspectAfter?.includes(id) === true ? cleared(place) : place));
  const pushing = line.pushing.filter((other) => other !== id);
  return released({ ...line, places, pushing, ending: endingWith(line, [id]) }, [id]);
}

function endingWith({ ending, places }: Line, ids: readonly string[]): string[] {
  return [...ending, ...places.flatMap((place) => (ids.includes(place.id) && hasGate(place) ? [place.id] : []))];
}

function cleared(place: Place): Place {
  return { ...place, suspectAfter: undefined, verdict: 'unknown', stack: undefined };
}

/** Those that waited for these only come back: behind what was taken on, unless they have been overtaken too often. */
function released(line: Line, ids: readonly string[]): Line {
  let places: Place[] = line.places.map((place) => ({
    ...place,
    waitsFor: place.waitsFor.filter((id) => !ids.includes(id)),
  }));
  const waiting = new Set(line.places.flatMap(({ id, waitsFor }) => (waitsFor.length > 0 ? [id] : [])));
  const free = places.filter((place) => waiting.has(place.id) && !isAside(place));
  for (const place of free) {
    places = places.filter(({ id }) => id !== place.id);
    places = inserted({ ...line, places }, { ...place, stack: undefined, verdict: 'unknown' });
  }
  return { ...line, places };
}

function inserted(line: Line, place: Place): Place[] {
  const pushing = line.places.findLastIndex(({ id }) => line.pushing.includes(id)) + 1;
  const taken = line.places.findLastIndex((other) => isTakenOn(line, other)) + 1;
  const mayPass = hasRightOfWay(line, place);
  const least = mayPass ? pushing : taken;
  const older = line.places.findLastIndex(({ number }) => number < place.number) + 1;
  const index = mayPass ? least : Math.max(least, older);
  return line.places.toSpliced(index, 0, place);
}

/** The line is never longer than what is at work, so that nobody waits for ever. */
function hasRightOfWay({ places }: Line, { overtaken }: Place): boolean {
  return overtaken >= Math.max(MOST_OVERTAKEN, MOST_OVERTAKEN_EACH * places.length);
}

function arrived(line: Line, id: string, number: number): Line {
  const { [id]: before, ...away } = line.away;
  const place: Place = {
    id,
    number: before?.number ?? number,
    work: 'none',
    stack: undefined,
    verdict: 'unknown',
    waitsFor: [],
    refusedBy: undefined,
    suspectAfter: undefined,
    apart: false,
    overtaken: before?.overtaken ?? 0,
  };
  // Nobody has watched the target while the line was empty.
  const target = line.places.length === 0 ? undefined : line.target;
  return { ...line, away, target, places: inserted(line, place) };
}

/** When others have pushed, what was said about stacks on the old target says nothing about the new one. */
function looked(line: Line, target: string): Line {
  const moved = line.places.some(({ suspectAfter }) => suspectAfter !== undefined) && !isKnown(line, target);
  const places = moved
    ? line.places.map((place) => (place.suspectAfter === undefined ? place : cleared(place)))
    : line.places;
  return { ...line, target, looking: false, places };
}

function isKnown(line: Line, target: string): boolean {
  const first = line.places.find((place) => !isAside(place));
  return first?.stack?.onto === target;
}

function conflicted(line: Line, id: string, onto: string): Line {
  const below: string[] = [];
  let base = line.target;
  for (const place of line.places) {
    if (place.id === id) break;
    if (isAside(place)) continue;
    if (place.stack === undefined || place.stack.onto !== base) break;
    below.push(place.id);
    base = place.stack.commit;
  }
  const ended = { work: 'none', stack: undefined, verdict: 'unknown' } as const;
  if (onto === line.target) return withPlace(line, id, { ...ended, refusedBy: onto });
  return withPlace(line, id, onto === base ? { ...ended, waitsFor: below } : ended);
}

/** What was said of a suspect counts when exactly what it stood on has landed. */
function afterThose(place: Place, ids: readonly string[], commits: readonly string[]): Place {
  if (place.suspectAfter === undefined) return place;
  const suspectAfter = place.suspectAfter.filter((id) => !ids.includes(id));
  const isProven = place.stack !== undefined && commits.includes(place.stack.onto);
  return suspectAfter.length === 0 && !isProven ? cleared(place) : { ...place, suspectAfter };
}

function pushed(line: Line, ids: readonly string[], target: string): Line {
  const numbers = line.places.flatMap(({ id, number }) => (ids.includes(id) ? [number] : []));
  const younger = (than: number) => numbers.filter((number) => number > than).length;
  const commits = line.places.flatMap(({ id, stack }) => (ids.includes(id) && stack ? [stack.commit] : []));
  const places = line.places
    .filter(({ id }) => !ids.includes(id))
    .map((place) => ({ ...afterThose(place, ids, commits), overtaken: place.overtaken + younger(place.number) }));
  const away = Object.fromEntries(
    Object.entries(line.away).map(([id, one]) => [id, { ...one, overtaken: one.overtaken + younger(one.number) }]),
  );
  const reds = [...line.reds, ...ids.map(() => false)].slice(-REMEMBERED);
  return released({ ...line, places, pushing: [], ending: endingWith(line, ids), away, reds, target }, ids);
}
