import type { Job } from '../candidate/job.ts';
import type { Prepared } from '../prepare/prepare.ts';
import { putHeadOn } from '../workspace/workspace.ts';
import { git } from '../workspace/workspace-git.ts';
import type { Gate } from './gate-settings.ts';
import { conclude, sayKnown, sayStarted } from './gate-word.ts';
import { passSideBySide } from './gates-at-once.ts';
import { Judging } from './judging.ts';

/**
 * Lets the gates judge what is to be pushed; settles when all are green. The same gate is not asked twice about the same
 * tree. What they change in tracked files is undone, so that they can add nothing to what they judge.
 *
 * @param signal aborted when their word is of no more use
 * @throws Failure `ci_failed`, `ci_timeout`, or `target_red` when what the work stands on fails by itself, with the log,
 *   the exit code, the command and the gate in its details; Stopped when it was cut off
 */
export async function passGate(job: Job, prepared: Prepared, signal: AbortSignal): Promise<void> {
  const { gates, atOnce } = job.bench.settings.gates;
  if (gates.length === 0) return;
  const tree = (await git(['rev-parse', `${prepared.commit}^{tree}`], { cwd: job.workspace.path })).trim();
  const judging = new Judging(job, { ...prepared, tree }, signal);
  if (!atOnce) {
    for (const gate of gates) await passOne(judging, gate);
    return;
  }
  const open: Gate[] = [];
  for (const gate of gates) {
    if (!(await sayKnown(judging, gate))) open.push(gate);
  }
  if (open.length > 0) await passSideBySide(judging, open);
}

async function passOne(judging: Judging, gate: Gate): Promise<void> {
  if (await sayKnown(judging, gate)) return;
  const { job, prepared } = judging;
  await sayStarted(judging, gate);
  const end = await judging.run(gate);
  await putHeadOn(job.workspace, prepared.commit, job.branch);
  await conclude(judging, gate, end);
}
