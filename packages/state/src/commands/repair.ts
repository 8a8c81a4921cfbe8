import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { printResult } from '@ralph/protocol/cli/print-result';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { Failure, isFailure } from '@ralph/protocol/contract/failure';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { findRepository } from '@ralph/protocol/process/repository';
import type { REPAIR_OPTIONS } from '../options.ts';
import { findingRecord, type FindingRecord } from '../repair/finding.ts';
import { repairFiles, type Repair } from '../repair/repair-files.ts';
import { withWriteLock } from '../store/write-lock.ts';

/** `ralph-state repair`: prints what is wrong with the files and mends what a program can. */
export async function run(call: Call<typeof REPAIR_OPTIONS>): Promise<Result> {
  const { args, output, stop } = call;
  const { root } = findRepository(args.repo);
  const dryRun = args['dry-run'];
  const { findings, copies } = await repair(root, stop.signal, dryRun);
  const records = findings.map((finding) => findingRecord(finding, dryRun, copies));
  const [copy] = copies.values();
  if (copy !== undefined) output.note(`ralph-state: the files as they were are kept in ${dirname(copy)}`);
  if (records.length === 0) output.note('ralph-state: nothing is wrong');
  const left = records.filter((_record, index) => findings[index]?.mendable === false);
  const [first] = left;
  if (first === undefined) return { records, columns: COLUMNS };
  await printResult(output, { records, columns: COLUMNS });
  throw incomplete(first, left.length);
}

/** Who only looks waits for writers, but makes no lock file where there is none: then nobody has written. */
async function repair(root: string, signal: AbortSignal, dryRun: boolean): Promise<Repair> {
  const now = new Date();
  if (!dryRun) return withWriteLock(root, signal, (lock) => repairFiles(root, lock, now));
  const look = () => repairFiles(root, undefined, now);
  if (!existsSync(join(root, RALPH_PATHS.stateLock))) return look();
  try {
    return await withWriteLock(root, signal, look);
  } catch (error) {
    // Who may not write may look all the same; what is being written meanwhile may be told as left over.
    if (!isFailure(error) || error.code !== 'permission') throw error;
    return look();
  }
}

const COLUMNS = {
  place: placeOf,
  task: (row: FindingRecord) => row.task_id ?? '',
  problem: (row: FindingRecord) => row.problem,
  action: (row: FindingRecord) => row.action,
  mended: (row: FindingRecord) => (row.mended ? 'yes' : 'no'),
};

function placeOf({ file, line, column }: FindingRecord): string {
  return line === undefined ? file : `${file}:${line}:${column}`;
}

function incomplete(first: FindingRecord, count: number): Failure {
  const { file, line, column, task_id: taskId, problem } = first;
  const whose = taskId === undefined ? '' : `${taskId}: `;
  const total = count === 1 ? 'this is' : `this and ${count - 1} more are`;
  return new Failure('repair_incomplete', `${placeOf(first)}: ${whose}${problem}; ${total} left for a person`, {
    hint: 'mend that by hand and check it with ralph-state task validate',
    ...(taskId === undefined ? {} : { taskId }),
    details: { path: file, line, column, left: count },
  });
}
