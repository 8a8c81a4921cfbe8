/**
 * Counts which commands git was asked for by others than git.
 *
 * @param {string} trace what git has written by `GIT_TRACE2_EVENT`
 * @returns {Record<string, number>} by their names, the most frequent first
 */
export function gitCalls(trace) {
  const counts = new Map();
  for (const line of trace.split('\n')) {
    if (!line.includes('"event":"cmd_name"')) continue;
    const { sid, name } = JSON.parse(line);
    if (!sid.includes('/')) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a));
}
