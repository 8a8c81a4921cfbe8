import { isAside, type Action, type Line, type Place, type Stack } from './line.ts';

/** A place that stands on the one in front of it, and the first on the target branch. */
export type Standing = Place & { readonly stack: Stack };

export interface Pile {
  readonly standing: readonly Standing[];
  /** Whether one more is being put on top. */
  readonly growing: boolean;
  /** What is to be built to make it higher, and which gates judge what stands no more. */
  readonly actions: readonly Action[];
}

/** Follows the stack up from the target as far as it holds. */
export function stackUp(line: Line, target: string, depth: number): Pile {
  const actions: Action[] = [];
  const standing: Standing[] = [];
  let base = target;
  let holds = true;
  let growing = false;
  for (const place of line.places) {
    const { id, work, stack } = place;
    if (place.suspectAfter !== undefined) continue;
    if (isAside(place)) {
      // Whether the conflict is with the target itself decides if somebody has to be asked.
      if (work === 'none' && stack?.onto !== target) actions.push({ kind: 'build', id, onto: target });
      continue;
    }
    // What is on its way to the remote is left alone, also when one in front of it has broken down.
    if (holds && stack !== undefined && (stack.onto === base || line.pushing.includes(id))) {
      standing.push({ ...place, stack });
      base = stack.commit;
      continue;
    }
    if (work === 'judging') actions.push({ kind: 'cut_off', id });
    if (holds && standing.length < depth) {
      growing = work === 'none' || work === 'building';
      if (work === 'none') actions.push({ kind: 'build', id, onto: base });
    }
    holds = false;
  }
  return { standing, growing, actions };
}

/** Returns those that may be judged and pushed together: one that the remote refused with others goes by itself. */
export function together(standing: readonly Standing[]): readonly Standing[] {
  const apart = standing.findIndex((place) => place.apart);
  return apart === -1 ? standing : standing.slice(0, Math.max(1, apart));
}
