import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure, type FailureCode } from '@ralph/protocol/contract/failure';
import { gateByHand } from '../candidate/next-command.ts';
import { baseLogPath } from './gate-log.ts';
import { calledGate, type Gate } from './gate-settings.ts';
import type { GateVerdict } from './gate-verdict.ts';
import type { Judging } from './judging.ts';
import { lastLine, logTail } from './log-tail.ts';
import type { GateEnd } from './gate.ts';

type RedVerdict = Exclude<GateVerdict, 'passed' | 'flaky'>;

const CODES = {
  red: 'ci_failed',
  already_red: 'target_red',
  timeout: 'ci_timeout',
} as const satisfies Record<RedVerdict, FailureCode>;

/** Says in an event that a gate is red, and returns it as the failure of the candidate. */
export async function redGate(
  { job, prepared }: Judging,
  gate: Gate,
  end: GateEnd,
  cause: RedVerdict,
): Promise<Failure> {
  const { bench, candidate } = job;
  const { taskId: task_id, attempt } = candidate;
  const { exitCode: exit_code, signal, logPath: log_path, durationMs: duration_ms } = end;
  const { name, command } = gate;
  const tail = logTail(log_path, bench.secrets.redact);
  const named = name === undefined ? {} : { gate: name };
  await bench.output.event('ci.failed', {
    task_id,
    attempt,
    tree: prepared.tree,
    ...named,
    cause,
    exit_code,
    signal,
    timed_out: cause === 'timeout',
    log_path,
    tail,
    duration_ms,
  });
  const how =
    cause === 'timeout'
      ? `was ended at its time limit of ${gate.timeoutMs / 1000} s`
      : `ended with ${signal ?? `status ${exit_code}`}`;
  const base = prepared.onto.slice(0, 10);
  const without = cause === 'already_red' ? `, and fails on ${base} without this work too` : '';
  const last = lastLine(tail);
  return new Failure(CODES[cause], `${calledGate(gate)} ${how}${without}${last === '' ? '' : `: ${last}`}`, {
    hint:
      cause === 'already_red'
        ? `${commandLine(['tail', '-n', '50', baseLogPath(log_path)])}  # mend what fails on ${base} first, then land this again`
        : gateByHand(bench.settings, candidate, command),
    details: { log_path, last_lines: end.lastLines, exit_code, signal, command, ...named, base_commit: prepared.onto },
  });
}
