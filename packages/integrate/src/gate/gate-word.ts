import type { GateEnd } from './gate.ts';
import type { Gate } from './gate-settings.ts';
import type { Judging } from './judging.ts';
import { redGate } from './red-gate.ts';
import { opinionOn } from './second-opinion.ts';

/** Says that a gate has passed this tree before, if so; returns whether. */
export async function sayKnown(judging: Judging, gate: Gate): Promise<boolean> {
  const { job, prepared } = judging;
  const pass = judging.known(gate);
  if (pass === undefined) return false;
  const flaky = pass.flaky ? { flaky: true } : {};
  const told = { ...of(job, gate), tree: prepared.tree, cached: true, duration_ms: 0, ...flaky };
  await job.bench.output.event('ci.passed', told);
  return true;
}

export async function sayStarted({ job, prepared }: Judging, gate: Gate): Promise<void> {
  const judged = job.judgedWith.length === 0 ? {} : { with: [...job.judgedWith] };
  const told = { ...of(job, gate), command: gate.command, tree: prepared.tree, ...judged };
  await job.bench.output.event('ci.started', told);
}

/**
 * Says what the end of a gate's first run means, after it was found out, and remembers a pass.
 *
 * @param lasting whether the run was about this tree for sure, so that a pass may be remembered
 * @throws Failure when the gate is red; Stopped
 */
export async function conclude(judging: Judging, gate: Gate, first: GateEnd, lasting = true): Promise<void> {
  const { job, prepared } = judging;
  const opinion = await opinionOn(judging, gate, first);
  switch (opinion.verdict) {
    case 'passed':
    case 'flaky': {
      const isFlaky = opinion.verdict === 'flaky';
      if (lasting) await judging.remember(gate, isFlaky);
      const flaky = isFlaky ? { flaky: true } : {};
      const { durationMs: duration_ms } = opinion.end;
      const told = { ...of(job, gate), tree: prepared.tree, cached: false, duration_ms, ...flaky };
      await job.bench.output.event('ci.passed', told);
      return;
    }
    case 'red':
    case 'already_red':
    case 'timeout':
      throw await redGate(judging, gate, opinion.end, opinion.verdict);
  }
}

function of(
  { candidate }: Judging['job'],
  { name }: Gate,
): { readonly task_id: string; readonly attempt: number; readonly gate?: string } {
  const { taskId: task_id, attempt } = candidate;
  return name === undefined ? { task_id, attempt } : { task_id, attempt, gate: name };
}
