import { Failure, isFailure } from '@ralph/protocol/contract/failure';
import type { Job } from '../candidate/job.ts';
import { handOver } from './hand-over.ts';
import { nextRemedy } from './next-remedy.ts';
import { remedy, type RemedyWords } from './remedy.ts';
import { removeCiMarker, removeHandoffs } from './remedy-files.ts';
import { resolverOf } from './remedy-settings.ts';
import { conflictFacts, gateFacts, markRedGate } from './trouble.ts';

/**
 * Lands a job, or publishes it. What keeps it from that is written down in its workspace; where an agent can mend it,
 * the resolver is run, and the job lands again with what it made.
 *
 * @param landing the landing itself; may be called again
 * @throws Failure when it cannot land, also with remedies; Stopped
 */
export async function landWithRemedies<T>(job: Job, landing: (job: Job) => Promise<T>): Promise<T> {
  removeHandoffs(job.workspace, job.candidate);
  removeCiMarker(job.workspace);
  const course: Course = { tries: 0, used: 0, remark: undefined, words: undefined };
  for (;;) {
    try {
      const landed = await landing(job);
      removeCiMarker(job.workspace);
      return landed;
    } catch (error) {
      if (!isFailure(error)) throw error;
      if (error.code === 'conflict') await sayConflict(job, error);
      await mend(job, error, course);
    }
  }
}

async function sayConflict({ bench, candidate }: Job, failure: Failure): Promise<void> {
  const { taskId: task_id, attempt } = candidate;
  const { files } = conflictFacts(failure);
  await bench.output.event('rebase.conflicted', { task_id, attempt, files });
}

interface Course {
  /** Packets written so far. */
  tries: number;
  /** Runs of the resolver so far. */
  used: number;
  /** What the last run came to, when it counted for nothing. */
  remark: string | undefined;
  words: RemedyWords | undefined;
}

/**
 * Has the resolver mend a failure, as often as it may.
 *
 * @throws Failure the very one, with what came of the remedies, when it is not mended
 */
async function mend(job: Job, failure: Failure, course: Course): Promise<void> {
  const { settings } = job.bench;
  const most = settings.remedy.attempts;
  const gate = gateFacts(job, failure);
  for (;;) {
    const resolver = resolverOf(settings.remedy, job.candidate, course.used + 1);
    const next = nextRemedy(failure.code, { hasResolver: resolver !== undefined, used: course.used, most });
    if (next === 'pass_on') throw failure;
    course.tries += 1;
    const maxAttempts = resolver === undefined ? course.tries : Math.max(course.tries, most + 1);
    const handover = { failure, gate, attempt: course.tries, maxAttempts, remark: course.remark };
    if (gate !== undefined) await written(job, () => markRedGate(job, gate));
    if (next === 'hand_over' || resolver === undefined) {
      await written(job, () => handOver(job, { ...handover, files: conflictFacts(failure).files }));
      throw withRemark(failure, course);
    }
    course.used += 1;
    const end = await remedy(job, { resolver, number: course.used, handover });
    course.remark = end.result === 'resolved' ? undefined : end.reason;
    course.words = end.result === 'resolved' ? undefined : end;
    if (end.result === 'resolved') return;
  }
}

/** The failure itself is what has to be told, whether it can be written down or not. */
async function written(job: Job, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    job.bench.output.note(`ralph-integrate: ${job.candidate.taskId}: nothing is handed over: ${why}`);
  }
}

function withRemark({ code, message, parts }: Failure, { used, remark, words }: Course): Failure {
  if (used === 0) return new Failure(code, message, parts);
  const runs = `the resolver was run ${used === 1 ? 'once' : `${used} times`}`;
  const told = remark === undefined ? runs : `${runs}; last: ${remark}`;
  // The words of a gate that is red say more than those of who could not mend it.
  const isSilent = parts.details?.['last_lines'] === undefined && words?.logPath !== undefined;
  const said = isSilent ? { log_path: words.logPath, last_lines: words.lastLines } : {};
  return new Failure(code, `${message} (${told})`, { ...parts, details: { ...parts.details, ...said } });
}
