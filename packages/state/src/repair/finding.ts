import type { ProblemCode } from '../queue/queue-problem.ts';
import type { TextPosition } from '../store/text-position.ts';

/** Kinds of finding; scripts may depend on the words. */
export type FindingCode =
  | ProblemCode
  | 'task_in_both'
  | 'task_reopened'
  | 'task_twice'
  | 'task_twice_differs'
  | 'queue_unreadable'
  | 'state_torn'
  | 'state_not_an_object'
  | 'state_bad_field'
  | 'record_torn'
  | 'record_without_task'
  | 'record_bad_field'
  | 'record_twice'
  | 'leftover';

/** Something that is wrong in the files, and what is to be done about it. */
export interface Finding {
  readonly code: FindingCode;
  readonly file: string;
  /** Before the repair; of what is left for a person, after it. */
  readonly at: TextPosition | undefined;
  readonly taskId?: string | undefined;
  readonly problem: string;
  readonly action: string;
  /** Whether a program can mend it; else it is left for a person. */
  readonly mendable: boolean;
}

/** A finding as it is printed. */
export interface FindingRecord {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly task_id?: string;
  readonly code: FindingCode;
  readonly problem: string;
  readonly action: string;
  readonly mended: boolean;
  /** The file as it was before. */
  readonly copy?: string;
}

/**
 * Returns a finding as it is printed.
 *
 * @param dryRun nothing was mended
 * @param copies the copy that was kept, by file
 */
export function findingRecord(finding: Finding, dryRun: boolean, copies: ReadonlyMap<string, string>): FindingRecord {
  const { file, at, taskId, code, problem, action, mendable } = finding;
  const copy = mendable ? copies.get(file) : undefined;
  return {
    file,
    ...at,
    ...(taskId === undefined ? {} : { task_id: taskId }),
    code,
    problem,
    action,
    mended: mendable && !dryRun,
    ...(copy === undefined ? {} : { copy }),
  };
}
