/** What stands at a path in a sandbox, where that is not what stands there outside, read-only. */
export type Place =
  /** An empty folder that can be written, and goes away. */
  | { readonly kind: 'private'; readonly path: string }
  /** An empty folder or an empty file in the place of another. */
  | { readonly kind: 'hidden' | 'emptied'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'read'; readonly path: string; readonly source?: string }
  | { readonly kind: 'write'; readonly path: string };

/** Of two that name the same path, the later one counts. */
const RANKS = ['private', 'hidden', 'emptied', 'link', 'read', 'write'] as const;

/** The first descriptor of bubblewrap that is not one of the standard streams or the gate: there it tells the end. */
export const STATUS_DESCRIPTOR = 4;

export interface Layout {
  /** Arguments of bubblewrap. */
  readonly words: readonly string[];
  /** How many descriptors of an empty file it wants, from behind the one of the status on. */
  readonly empties: number;
}

/** Tells whether a path is a folder or stands below it; both real. */
export function isBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/**
 * Returns how bubblewrap is told what stands where: the nearest of the places that a path stands below counts, in
 * whatever order they are given. Pure.
 *
 * @param privateBytes what one private folder may hold
 */
export function layoutOf(places: readonly Place[], privateBytes: number): Layout {
  const ordered = nearestLast(places);
  let empties = 0;
  const words = ordered.flatMap((place) => {
    switch (place.kind) {
      case 'private':
        return ['--perms', '1777', '--size', String(privateBytes), '--tmpfs', place.path];
      case 'hidden':
        return ['--tmpfs', place.path];
      case 'emptied':
        empties += 1;
        return ['--ro-bind-data', String(STATUS_DESCRIPTOR + empties), place.path];
      case 'link':
        return ['--symlink', place.target, place.path];
      case 'read':
        return ['--ro-bind', place.source ?? place.path, place.path];
      case 'write':
        return ['--bind', place.path, place.path];
    }
  });
  // Last: what stands below them has to be put there before.
  const closed = ordered.flatMap(({ kind, path }) => (kind === 'hidden' ? ['--remount-ro', path] : []));
  return { words: [...words, ...closed], empties };
}

function nearestLast(places: readonly Place[]): Place[] {
  const byPath = new Map<string, Place>();
  for (const place of places.toSorted((a, b) => RANKS.indexOf(a.kind) - RANKS.indexOf(b.kind)))
    byPath.set(place.path, place);
  const ordered = [...byPath.values()].toSorted((a, b) => depthOf(a.path) - depthOf(b.path));
  return ordered.filter((place, index) => !isHiddenAlready(place, ordered.slice(0, index)));
}

/** What stands in a folder that is empty in the sandbox need not be hidden by itself, and would be made there. */
function isHiddenAlready({ kind, path }: Place, above: readonly Place[]): boolean {
  if (kind !== 'hidden' && kind !== 'emptied') return false;
  const nearest = above.findLast((place) => isBelow(place.path, path));
  return nearest?.kind === 'hidden' || nearest?.kind === 'private';
}

function depthOf(path: string): number {
  return path === '/' ? 0 : path.split('/').length;
}
