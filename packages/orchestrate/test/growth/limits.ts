import type { Allowance } from './verdict.ts';
import type { Leavings } from './leavings.ts';
import type { ProcessSample } from './sample.ts';

const KB = 1024;
const MB = 1024 * KB;

interface ProcessLimit extends Allowance {
  readonly of: (one: ProcessSample) => number;
}

/** Heap for each task, in KB, of the programs that keep something of it, as docs/upkeep.md says; the others keep nothing. */
const HEAP_KB: Readonly<Record<string, number>> = { 'ralph-orchestrate run': 3, 'ralph-state apply': 6 };

/** Returns what a process of ours may take more of, by its name. */
export function processLimits(name: string): Readonly<Record<string, ProcessLimit>> {
  const heapKb = HEAP_KB[name] ?? 0.5;
  return {
    'resident MB': { of: ({ rssKb }) => rssKb / KB, more: 30, perTask: heapKb / KB },
    'heap MB': { of: ({ heapBytes }) => (heapBytes ?? Number.NaN) / MB, more: 3, perTask: heapKb / KB },
    // Two tasks more in hand at the moments of looking are no leak, and a busy machine brings them: each has some nine.
    descriptors: { of: ({ descriptors }) => descriptors, more: 20, perTask: 0 },
    threads: { of: ({ threads }) => threads, more: 4, perTask: 0 },
  };
}

/** What stands on the disk: that which stays, by how much of it each task may leave; everything else not at all. */
export const LEAVING_LIMITS: Readonly<Record<keyof Leavings, Allowance>> = {
  agentLogs: { more: 8, perTask: 2.2 },
  otherFiles: { more: 4, perTask: 0 },
  claims: { more: 12, perTask: 0 },
  passes: { more: 8, perTask: 1.1 },
  stateBytes: { more: 20 * KB, perTask: 1100 },
  doneBytes: { more: 10 * KB, perTask: 400 },
  eventBytes: { more: 100 * KB, perTask: 4500 },
  looseRefs: { more: 20, perTask: 2.2 },
  looseObjects: { more: 200, perTask: 14 },
  packs: { more: 3, perTask: 0 },
  workspaces: { more: 12, perTask: 0 },
  temporary: { more: 8, perTask: 0 },
  controlGroups: { more: 12, perTask: 0 },
};
