import type { Failure } from '@ralph/protocol/contract/failure';
import { logTail } from '../gate/log-tail.ts';
import type { Job } from '../candidate/job.ts';
import { OUTPUT_BYTES, statusOf, type GateFacts } from './handoff.ts';
import { writeCiMarker } from './remedy-files.ts';

/** Returns what is known of a red gate, its output without secrets; nothing after another failure. */
export function gateFacts({ bench }: Job, { code, parts }: Failure): GateFacts | undefined {
  if (code !== 'ci_failed' && code !== 'ci_timeout') return undefined;
  const { details = {} } = parts;
  const logPath = String(details['log_path'] ?? '');
  const exitCode = details['exit_code'];
  const signal = details['signal'];
  return {
    command: bench.secrets.redact(String(details['command'] ?? '')),
    output: outputOf(logPath, bench.secrets.redact),
    exitCode: typeof exitCode === 'number' ? exitCode : null,
    signal: typeof signal === 'string' ? signal : null,
    timedOut: code === 'ci_timeout',
    logPath,
  };
}

function outputOf(logPath: string, redact: (text: string) => string): string {
  try {
    return logTail(logPath, redact, OUTPUT_BYTES);
  } catch {
    // Somebody has removed it.
    return '';
  }
}

/** Leaves the marker of a red gate in the workspace (reference: `ci-failure-marker`). */
export async function markRedGate({ candidate, workspace }: Job, gate: GateFacts): Promise<void> {
  await writeCiMarker(workspace, {
    task_id: candidate.taskId,
    command: gate.command,
    exit_code: gate.exitCode,
    log_path: gate.logPath,
    generated_at: new Date().toISOString(),
  });
}

/** Returns the files in conflict and the commit that they are in conflict with. */
export function conflictFacts({ code, parts }: Failure): { files: string[]; onto: string | undefined } {
  const { files, onto } = parts.details ?? {};
  if (code !== 'conflict') return { files: [], onto: undefined };
  return { files: Array.isArray(files) ? files.map(String) : [], onto: typeof onto === 'string' ? onto : undefined };
}

/** Returns how a gate ended, in words that go behind its name. */
export function howItEnded(gate: GateFacts): string {
  if (gate.timedOut) return 'was ended at its time limit';
  return `failed (${gate.signal ?? `status ${statusOf(gate)}`})`;
}
