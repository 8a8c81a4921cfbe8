export const TASK_STATUSES = ['draft', 'todo', 'doing', 'done', 'rejected'] as const;

/** Statuses that satisfy a dependency and that live in the done file. */
export const TERMINAL_TASK_STATUSES: readonly string[] = ['done', 'rejected'];
