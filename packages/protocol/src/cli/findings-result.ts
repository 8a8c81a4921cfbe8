import type { PreflightFinding } from '../contract/preflight-report.ts';
import type { Result } from './program.ts';
import { printable } from './printable.ts';

/** Returns the result of a command that tells every check, a line each; whatever they say, the telling went well. */
export function findingsResult(findings: readonly PreflightFinding[]): Result {
  return { records: findings, text: findings.map(findingText).join('') };
}

/** Returns a finding as a person reads it: its level, what was looked at, what was found, and the next command. */
export function findingText({ check, level, message, hint }: PreflightFinding): string {
  const indent = ' '.repeat(9);
  const lines = `${check}: ${message}`.split('\n');
  const next = level === 'ok' || hint === undefined || hint === '' ? [] : [`next: ${hint}`];
  return printable(
    `${[`${level.padEnd(8)} ${lines[0]}`, ...[...lines.slice(1), ...next].map((line) => indent + line)].join('\n')}\n`,
  );
}
