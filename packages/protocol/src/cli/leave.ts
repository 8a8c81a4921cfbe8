/**
 * What is unreferenced in which turn of the event loop: our own streams would count as open, and that of stdin where a
 * library has asked for it, though it costs something to find out. Further turns are for what is just being closed.
 */
const TURNS = [['stdout', 'stderr'], ['stdin'], [], []] as const;

/**
 * Ends the process where nothing keeps it alive any more, which is how it would end by itself, but for one thing: Node
 * waits then for work that V8 has given to its threads, and where one of them misses its wake-up (see `keepPoolAwake`)
 * nobody comes to wake it. With something still open the process ends as ever, when that has closed.
 */
export function leave(): void {
  // What only waits for its turn has it first.
  setImmediate(() => leaveAt(0));
}

function leaveAt(turn: number): void {
  if (process.getActiveResourcesInfo().length === 0) process.exit();
  const streams = TURNS[turn];
  if (streams === undefined) return;
  for (const name of streams) unreference(process[name]);
  setImmediate(() => leaveAt(turn + 1));
}

function unreference(stream: { unref?: () => unknown }): void {
  // That of a file has no such thing.
  stream.unref?.();
}
