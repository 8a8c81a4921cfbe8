import { Failure } from '@ralph/protocol/contract/failure';
import type { Task } from '@ralph/protocol/contract/task';
import type { QueueDocument } from '../store/queue-document.ts';
import { positionsIn, type TextPosition } from '../store/text-position.ts';
import type { ProblemCode, QueueProblem } from './queue-problem.ts';
import { findProblems } from './queue-validation.ts';

/** What `ralph-state repair` mends by itself. */
const MENDABLE: ReadonlySet<ProblemCode> = new Set<ProblemCode>(['id_twice', 'completed_at_missing']);

/** A problem as it is told: with the place in its file. */
export interface PlacedProblem {
  readonly path: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly id: string;
  readonly code: ProblemCode;
  readonly message: string;
}

/** Returns problems of both files with path, line and column; each text is read once, and only when it is needed. */
export async function placed(
  problems: readonly QueueProblem[],
  queue: QueueDocument,
  done: QueueDocument,
): Promise<PlacedProblem[]> {
  if (problems.length === 0) return [];
  const positions = { queue: await positionsIn(queue.text ?? ''), done: await positionsIn(done.text ?? '') };
  return problems.map(({ file, index, id, code, message, field }) => {
    const at = positions[file](['tasks', index, ...field]);
    return { path: (file === 'queue' ? queue : done).path, line: at?.line, column: at?.column, id, code, message };
  });
}

/** Returns a problem in words: `path:12:20: RQ-0007: depends on RQ-0099, which is in neither file`. */
export function problemText({ path, line, column, id, message }: PlacedProblem): string {
  return `${placeText(path, line === undefined || column === undefined ? undefined : { line, column })}: ${id}: ${message}`;
}

function placeText(path: string, at: TextPosition | undefined): string {
  return at === undefined ? path : `${path}:${at.line}:${at.column}`;
}

/** Lists of tasks that were found valid together: a queue is asked about more often than it changes. */
const valid = new WeakMap<readonly Task[], readonly Task[]>();

/**
 * Insists that both files are valid.
 *
 * @throws Failure `queue_invalid` naming file, line, column and id of the first problem, all of them in its details
 */
export async function requireValid(queue: QueueDocument, done: QueueDocument): Promise<void> {
  if (valid.get(queue.tasks) === done.tasks) return;
  const problems = await placed(findProblems(queue.tasks, done.tasks), queue, done);
  const [first] = problems;
  if (first === undefined) {
    valid.set(queue.tasks, done.tasks);
    return;
  }
  const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
  throw new Failure('queue_invalid', `${problemText(first)}${more}`, {
    hint: problems.some(({ code }) => MENDABLE.has(code))
      ? 'ralph-state repair mends what a program can; mend the rest by hand and check with ralph-state task validate'
      : 'mend the file and check it with ralph-state task validate',
    taskId: first.id,
    details: { problems },
  });
}
