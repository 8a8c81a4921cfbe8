import { lightJson } from '../contract/light-json.ts';
import { FAILURE_CODES, Failure, type FailureCode } from '../contract/failure.ts';

const RECORD = '{"error":';

/** Tells whether a line of stderr is the beginning of an error record, which is not meant for a person. */
export function isErrorLine(line: string): boolean {
  return line.startsWith(RECORD);
}

/**
 * Reads the failure that a sibling has told in its last lines; nothing when it told none, or one that was cut off or
 * is not of the known shape.
 */
export function toldFailure(lines: readonly string[]): Failure | undefined {
  const line = lines.toReversed().find(isErrorLine);
  if (line === undefined) return undefined;
  const { error } = parsed(line) as { error?: Record<string, unknown> | null };
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, message, hint, exit } = error;
  if (!isFailureCode(code) || typeof message !== 'string' || !Number.isInteger(exit)) return undefined;
  return new Failure(code, message, { hint: typeof hint === 'string' ? hint : '', exit: Number(exit) });
}

function parsed(line: string): object {
  try {
    return lightJson(line) as object;
  } catch {
    return {};
  }
}

function isFailureCode(code: unknown): code is FailureCode {
  return typeof code === 'string' && Object.hasOwn(FAILURE_CODES, code);
}
