import { takenByOthers } from './other-loops.ts';

const MOST_NAMED = 10;

/** Returns the question which tasks other loops have now; each that is new is told once. */
export function leftToOthers(root: string, onNote: (line: string) => void): () => Promise<ReadonlySet<string>> {
  const told = new Set<string>();
  return async () => {
    const taken = await takenByOthers(root);
    const fresh = [...taken].filter((id) => !told.has(id));
    for (const id of fresh) told.add(id);
    if (fresh.length > 0) onNote(`left to another loop of this repository: ${words(fresh)}`);
    return taken;
  };
}

function words(ids: readonly string[]): string {
  const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : '';
  return `${ids.slice(0, MOST_NAMED).join(', ')}${more}`;
}
