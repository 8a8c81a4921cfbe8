/**
 * Finds a circle among dependencies and returns the ids on it, the first one again at the end; nothing when there is
 * none. Each id is entered once, so that a long chain costs no more than its length.
 */
export function findCycle(dependencies: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const finished = new Set<string>();
  for (const start of dependencies.keys()) {
    const path: string[] = [];
    const onPath = new Set<string>();
    const open: { readonly id: string; rest: readonly string[] }[] = [];
    const enter = (id: string) => {
      path.push(id);
      onPath.add(id);
      open.push({ id, rest: dependencies.get(id) ?? [] });
    };
    if (!finished.has(start)) enter(start);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const [next, ...rest] = top.rest;
      top.rest = rest;
      if (next === undefined) {
        finished.add(top.id);
        onPath.delete(top.id);
        path.pop();
        open.pop();
      } else if (onPath.has(next)) {
        return [...path.slice(path.indexOf(next)), next];
      } else if (!finished.has(next)) {
        enter(next);
      }
    }
  }
  return undefined;
}
