import { isFailure } from '../contract/failure.ts';
import type { PreflightCheck, PreflightFinding } from '../contract/preflight-report.ts';

/** What a check says that has found nothing to refuse. */
export interface Words {
  readonly level?: 'ok' | 'warning';
  readonly message: string;
  readonly hint?: string;
  readonly facts?: Record<string, unknown>;
}

/** What one check found, and the value that further checks are made with; no value where it failed. */
export interface Checked<T> {
  readonly finding: PreflightFinding;
  readonly value: T | undefined;
}

/**
 * Makes one check, so that a report goes on where a run would end: a failure that was foreseen becomes the finding.
 *
 * @param say words for the value of a check that went well
 */
export async function checked<T>(
  check: PreflightCheck,
  look: () => T | Promise<T>,
  say: (value: T) => string | Words,
): Promise<Checked<T>> {
  try {
    const value = await look();
    const said = say(value);
    const parts: Words = typeof said === 'string' ? { message: said } : said;
    return { finding: { check, level: 'ok', ...parts }, value };
  } catch (error) {
    if (!isFailure(error)) throw error;
    const { code, message } = error;
    const { hint } = error.parts;
    const finding = { check, level: 'error', code, message, ...(hint === undefined ? {} : { hint }) } as const;
    return { finding, value: undefined };
  }
}

/** Returns the finding of a check that could not be made, since another one has failed. */
export function unchecked(check: PreflightCheck, because: PreflightCheck): PreflightFinding {
  return { check, level: 'warning', message: `not looked at: ${because} has to be mended first` };
}
