/**
 * How a process is killed around a step: before it is done; right before it, so that the step outlives us; in the middle of
 * it, and the step with us; when it has just been done; or when we have just told of it.
 */
export const MODES = ['before', 'orphaned', 'torn', 'after', 'told'] as const;

export type Mode = (typeof MODES)[number];

/** A moment at which ralph-integrate is killed, by name: `torn git push 1` is in the middle of its first push. */
export interface Point {
  readonly mode: Mode;
  /** The program and its sub-command, `gate run`, or `event` and its type. */
  readonly step: string;
  readonly occurrence: number;
}

/** Every step that ralph-integrate takes through others, and whether it changes anything. */
export const STEPS: Readonly<Record<string, 'changes' | 'asks'>> = {
  'git add': 'changes',
  'git cat-file': 'asks',
  'git checkout': 'changes',
  'git commit': 'changes',
  'git config': 'changes',
  'git diff': 'asks',
  'git fetch': 'changes',
  'git for-each-ref': 'asks',
  'git ls-files': 'asks',
  'git ls-tree': 'asks',
  'git merge': 'changes',
  'git merge-base': 'asks',
  'git push': 'changes',
  'git rebase': 'changes',
  'git reset': 'changes',
  'git rev-list': 'asks',
  'git rev-parse': 'asks',
  'git status': 'asks',
  'git symbolic-ref': 'changes',
  'git update-ref': 'changes',
  'git write-tree': 'asks',
  'git log': 'asks',
  'gate run': 'changes',
  'ralph-state task': 'changes',
  'ralph-worker remove': 'changes',
};

/** Those that are killed themselves, or outlive us, in the regular suite too. */
const TORN = new Set(['git fetch', 'git rebase', 'git commit', 'git push', 'git merge']);

const TOLD = ['integrate.started', 'rebase.done', 'ci.passed', 'task.completed'];

export function nameOf({ mode, step, occurrence }: Point): string {
  return `${mode} ${step} ${occurrence}`;
}

/** Returns the points of every step that was taken in a run: all modes around what changes something. */
export function pointsOf(trace: readonly string[], events: readonly string[]): Point[] {
  const seen = new Map<string, number>();
  const around = trace.flatMap((step) => {
    const occurrence = (seen.get(step) ?? 0) + 1;
    seen.set(step, occurrence);
    const modes: readonly Mode[] = STEPS[step] === 'asks' ? ['before'] : ['before', 'orphaned', 'torn', 'after'];
    return modes.map((mode) => ({ mode, step, occurrence }));
  });
  const told = events.map((type) => ({ mode: 'told' as const, step: `event ${type}`, occurrence: 1 }));
  return [...around, ...told];
}

/** Returns the few points of the regular suite: once around each kind of change, the riskiest ones torn. */
export function chosenOf(points: readonly Point[]): Point[] {
  return points.filter(({ mode, step, occurrence }) => {
    if (occurrence > 1) return false;
    if (mode === 'told') return TOLD.some((type) => step === `event ${type}`);
    if (STEPS[step] === 'asks') return false;
    if (mode === 'after') return true;
    return TORN.has(step) ? mode !== 'before' : mode === 'orphaned' && !step.startsWith('git ');
  });
}
