import { findingsResult } from '@ralph/protocol/cli/findings-result';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { Failure } from '@ralph/protocol/contract/failure';
import { findRepository } from '@ralph/protocol/process/repository';
import type { PREFLIGHT_OPTIONS } from '../options.ts';
import { stateReport } from '../preflight/state-report.ts';

/** `ralph-state preflight`: whether a run could read what it needs; writes nothing. */
export async function run({ args, output }: Call<typeof PREFLIGHT_OPTIONS>): Promise<Result> {
  const { root } = findRepository(args.repo);
  const findings = await stateReport(root);
  if (args.report) return findingsResult(findings);
  for (const { level, message } of findings) if (level === 'warning') output.note(`ralph-state: warning: ${message}`);
  const wrong = findings.find(({ level }) => level === 'error');
  if (wrong?.code !== undefined) {
    throw new Failure(wrong.code, wrong.message, wrong.hint === undefined ? {} : { hint: wrong.hint });
  }
  const facts = findings.find(({ check }) => check === 'queue')?.facts ?? {};
  return { record: { ready: true, ...facts }, text: 'ready: the queue and the state file can be read\n' };
}
