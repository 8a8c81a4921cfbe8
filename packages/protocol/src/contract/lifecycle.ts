/** Version of the state file, shared with ralph-agent-loop 0.4. */
export const STATE_SCHEMA_VERSION = 3;

export const LIFECYCLES = ['running', 'integrating', 'completed', 'failed', 'blocked_push'] as const;

export type Lifecycle = (typeof LIFECYCLES)[number];

const TERMINAL: ReadonlySet<Lifecycle> = new Set<Lifecycle>(['completed', 'failed', 'blocked_push']);

/** Tells whether nothing more happens to a record by itself. */
export function isTerminal(state: Lifecycle): boolean {
  return TERMINAL.has(state);
}

/** Error code of a record that is blocked by nothing but a review: its work is on a branch of its own. */
export const PUBLISHED = 'published';
