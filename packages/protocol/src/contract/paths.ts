/** Where the family keeps its files, relative to the root of the repository's main worktree. */
export const RALPH_PATHS = {
  state: '.ralph/cache/parallel/state.json',
  stateLock: '.ralph/cache/parallel/state.lock',
  claims: '.ralph/cache/parallel/claims',
  agents: '.ralph/cache/parallel/agents',
  workspaceConfigs: '.ralph/cache/parallel/workspaces',
  repair: '.ralph/cache/repair',
  queue: '.ralph/queue.jsonc',
  done: '.ralph/done.jsonc',
  config: '.ralph/config.jsonc',
  trust: '.ralph/trust.jsonc',
  stopRequest: '.ralph/cache/stop_requested',
  logs: '.ralph/logs/parallel',
  events: '.ralph/logs/parallel/events.ndjson',
  blockedMarker: '.ralph/cache/parallel/blocked_push.json',
  handoffs: '.ralph/cache/parallel/handoffs',
  ciFailureMarker: '.ralph/cache/parallel/ci-failure-marker',
  ciPasses: '.ralph/cache/parallel/ci-passes',
  published: '.ralph/cache/parallel/published',
  pruned: '.ralph/cache/parallel/pruned',
  followups: '.ralph/cache/followups',
  plans: '.ralph/cache/plans',
  summaries: '.ralph/cache/summaries',
  prompts: '.ralph/prompts',
  quota: '.ralph/cache/quota',
  notify: '.ralph/cache/notify',
} as const;

/** Files of the run itself: never part of a commit that we make, whatever the ignore files say. */
export const RUNTIME_PATTERNS = [
  '.ralph/cache/',
  '.ralph/logs/',
  '.ralph/lock/',
  '.ralph/*.lock',
  '.ralph/trust.jsonc',
] as const;

/** Files that hold secrets by custom: never added by us unless they are tracked already. */
export const SECRET_PATTERNS = ['.env', '.env.*'] as const;

/** Tells whether a file or folder of this name is one of `SECRET_PATTERNS`, examples among them. */
export function isEnvName(name: string): boolean {
  return name === '.env' || name.startsWith('.env.');
}

/** Files named like secrets that show what a secret looks like; repositories carry them. */
export const SECRET_EXAMPLES = ['.env.example', '.env.sample', '.env.template', '.env.dist', '.env.defaults'] as const;

/** Returns the ref that parks the tip of an attempt. */
export function attemptRef(taskId: string, attempt: number): string {
  return `refs/ralph/attempts/${taskId}/${attempt}`;
}

/** Returns the ref that keeps work which would otherwise be lost. */
export function salvageRef(taskId: string, attempt: number): string {
  return `refs/ralph/salvage/${taskId}/${attempt}`;
}

/** Returns the ref that keeps the commit with which an attempt has landed. */
export function landedRef(taskId: string, attempt: number): string {
  return `refs/ralph/landed/${taskId}/${attempt}`;
}

/** Returns the ref that keeps the commit with which an attempt was published for a review. */
export function publishedRef(taskId: string, attempt: number): string {
  return `refs/ralph/published/${taskId}/${attempt}`;
}

/** Returns the ref that keeps what was made of an attempt to be pushed, for those that are stacked on it. */
export function trainRef(taskId: string, attempt: number): string {
  return `refs/ralph/train/${taskId}/${attempt}`;
}

/**
 * Returns where the base commits of living workspaces are kept from being pruned: those of a second loop apart, since
 * another loop may have a workspace of the same task.
 */
export function baseRefs(loop?: string): string {
  return loop === undefined ? 'refs/ralph/base/' : `refs/ralph/loops/${loop}/base/`;
}

/** Returns the ref that keeps the base commit of a living workspace from being pruned. */
export function baseRef(taskId: string, loop?: string): string {
  return `${baseRefs(loop)}${taskId}`;
}
