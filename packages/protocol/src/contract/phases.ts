/** What an agent is asked for: the whole task at once, or a part of it. */
export const PHASES = ['task', 'plan', 'implement', 'review'] as const;

export type Phase = (typeof PHASES)[number];

const BY_COUNT: readonly (readonly Phase[])[] = [['task'], ['plan', 'implement'], ['plan', 'implement', 'review']];

/** Returns the phases of a task that has so many of them, in their order (reference: phases 1 to 3). */
export function phasesOf(count: number): readonly Phase[] {
  return BY_COUNT[count - 1] ?? ['task'];
}

/** By which name an override of a phase goes in configurations and tasks; nothing for the whole task. */
export function overrideKey(phase: Phase): 'phase1' | 'phase2' | 'phase3' | undefined {
  switch (phase) {
    case 'task':
      return undefined;
    case 'plan':
      return 'phase1';
    case 'implement':
      return 'phase2';
    case 'review':
      return 'phase3';
  }
}
