import type { PreflightCheck, PreflightFinding } from '@ralph/protocol/contract/preflight-report';
import { PREFLIGHT_ORDER, failureOf } from '../start/first-failure.ts';

/** What is looked at before the checks of a run, and behind them. */
const BEFORE: readonly PreflightCheck[] = ['node', 'programs', 'git', 'machine', 'config', 'trust'];
const BEHIND: readonly PreflightCheck[] = [
  'loop_lock',
  'stop_request',
  'records',
  'notifications',
  'ignored_runtime_files',
  'file_systems',
  'hooks',
  'submodules',
];

/** The order in which the doctor tells what was found. */
export const DOCTOR_ORDER: readonly PreflightCheck[] = [...BEFORE, ...PREFLIGHT_ORDER, ...BEHIND];

const WORST = ['error', 'warning', 'ok'] as const satisfies readonly PreflightFinding['level'][];

/** Returns one finding for each check, in order: where several programs looked at the same, the worst that was found. Pure. */
export function diagnosis(findings: readonly PreflightFinding[]): readonly PreflightFinding[] {
  return DOCTOR_ORDER.flatMap((check) => {
    const found = findings.filter((finding) => finding.check === check);
    const worst = WORST.flatMap((level) => found.filter((finding) => finding.level === level))[0];
    return worst === undefined ? [] : [worst];
  });
}

/** Returns the status that the doctor ends with: that of the failure a run would be refused with, and 0 without one. Pure. */
export function statusOf(findings: readonly PreflightFinding[]): number {
  const errors = diagnosis(findings).filter(({ level }) => level === 'error');
  const first = errors.find(({ check }) => BEFORE.includes(check)) ?? errors[0];
  return failureOf(first)?.exit ?? 0;
}

/** Returns the last line for a person. Pure. */
export function verdictText(findings: readonly PreflightFinding[]): string {
  const errors = findings.filter(({ level }) => level === 'error').length;
  const warnings = findings.filter(({ level }) => level === 'warning').length;
  const counted = `errors: ${errors}, warnings: ${warnings}`;
  return errors === 0 ? `a run can start (${counted})\n` : `a run would not start (${counted})\n`;
}
