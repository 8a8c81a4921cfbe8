/**
 * Finds circles among links from id to id; each is returned as the ids on it, the first one again at the end. Every id
 * that is on a circle, or leads to one, is told by at least one of them, but circles that share an id are told once. A
 * link to itself is no circle. Each id is entered once, so that a long chain costs no more than its length.
 */
export function findCycles(links: ReadonlyMap<string, readonly string[]>): (readonly string[])[] {
  const cycles: (readonly string[])[] = [];
  const told = new Set<string>();
  const finished = new Set<string>();
  for (const start of links.keys()) {
    if (finished.has(start)) continue;
    const path: string[] = [];
    const onPath = new Set<string>();
    const open: { readonly id: string; readonly next: Iterator<string> }[] = [];
    const enter = (id: string) => {
      path.push(id);
      onPath.add(id);
      open.push({ id, next: (links.get(id) ?? [])[Symbol.iterator]() });
    };
    enter(start);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const { value: next, done } = top.next.next();
      if (done === true) {
        finished.add(top.id);
        onPath.delete(top.id);
        path.pop();
        open.pop();
      } else if (!onPath.has(next)) {
        if (!finished.has(next)) enter(next);
      } else if (next !== top.id && !told.has(next) && !told.has(top.id)) {
        const circle = path.slice(path.indexOf(next));
        for (const id of circle) told.add(id);
        cycles.push([...circle, next]);
      }
    }
  }
  return cycles;
}
