import { eitherSignal } from '../site/either-signal.ts';
import { throwIfStopped } from '../site/stopped.ts';
import { putHeadOn, type Workspace } from '../workspace/workspace.ts';
import { tryGit } from '../workspace/workspace-git.ts';
import type { GateEnd } from './gate.ts';
import type { Gate } from './gate-settings.ts';
import { runEnd } from './gate-verdict.ts';
import { conclude, sayStarted } from './gate-word.ts';
import type { Judging } from './judging.ts';

interface Ended {
  readonly gate: Gate;
  readonly end: GateEnd;
}

/**
 * Runs gates side by side in the same workspace. One that is red for good ends the others, of which nothing more is said;
 * one that may be flaky is run again when all have ended, alone.
 *
 * @throws Failure of the first that was red; Stopped
 */
export async function passSideBySide(judging: Judging, gates: readonly Gate[]): Promise<void> {
  const { job, prepared, signal } = judging;
  for (const gate of gates) await sayStarted(judging, gate);
  const ended = await runAll(judging, gates);
  throwIfStopped(signal);
  // Each may have seen what another has changed: not quite this tree.
  const lasting = await holds(job.workspace, prepared.commit);
  await putHeadOn(job.workspace, prepared.commit, job.branch);
  const greenFirst = ended.toSorted((a, b) => Number(isRed(a.end)) - Number(isRed(b.end)));
  for (const { gate, end } of greenFirst) await conclude(judging, gate, end, lasting);
}

/** Returns those that have ended by themselves or at their limit, in that order. */
async function runAll(judging: Judging, gates: readonly Gate[]): Promise<Ended[]> {
  const { flakyRetry } = judging.job.bench.settings.gates;
  const over = new AbortController();
  const { signal, release } = eitherSignal(judging.signal, over.signal);
  const ended: Ended[] = [];
  const run = async (gate: Gate) => {
    try {
      const end = await judging.run(gate, signal);
      if (end.cause === 'cancelled') return;
      ended.push({ gate, end });
      const mayBeFlaky = flakyRetry && runEnd(end) === 'red';
      if (isRed(end) && !mayBeFlaky) over.abort();
    } catch (error) {
      over.abort();
      throw error;
    }
  };
  const all = await Promise.allSettled(gates.map(run));
  release();
  const failed = all.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return ended;
}

/** Tells whether the tracked files are those of a commit, wherever HEAD is. */
async function holds({ path }: Workspace, commit: string): Promise<boolean> {
  const args = ['diff', '--quiet', '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty', commit, '--'];
  return (await tryGit(args, { cwd: path })).exitCode === 0;
}

function isRed(end: GateEnd): boolean {
  return runEnd(end) !== 'green';
}
