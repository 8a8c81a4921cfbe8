import * as z from 'zod';
import { DURATION, LONGEST_SECONDS, secondsOf } from '../contract/duration.ts';
import { describeIssue } from '../contract/parse-line.ts';
import { notAmong, usageFailure } from './usage-failure.ts';
import type { OptionSpec } from './options.ts';

const seconds = z
  .string()
  .regex(DURATION, 'not a number of seconds (forms: 90, 1.5, 90s, 15m, 2h, 7d)')
  .transform(secondsOf)
  .refine((value) => value <= LONGEST_SECONDS, 'longer than 115 days');

const positiveSeconds = seconds.refine((value) => value > 0, 'must be more than 0');

const BYTES_PER_UNIT: Record<string, number> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

const bytes = z
  .string()
  .regex(/^\d{1,13}(?:\.\d{1,3})?[KMGT]?$/i, 'not a size (forms: 500000, 512K, 64M, 1.5G)')
  .transform((text) => {
    const factor = BYTES_PER_UNIT[text.at(-1)?.toUpperCase() ?? ''];
    return Math.round(factor === undefined ? Number(text) : Number(text.slice(0, -1)) * factor);
  });

const positiveBytes = bytes.refine((value) => value > 0, 'must be more than 0');

const count = z
  .string()
  .regex(/^\d{1,6}$/, 'not a whole number')
  .transform(Number);

const positiveCount = count.refine((value) => value >= 1, 'must be at least 1');

const AMOUNT_UNITS: Record<string, number> = { K: 1e3, M: 1e6, G: 1e9 };

const amount = z
  .string()
  .regex(/^\d{1,12}(?:\.\d{1,6})?[KMG]?$/i, 'not an amount (forms: 5, 2.50, 500K, 2M)')
  .transform((text) => {
    const factor = AMOUNT_UNITS[text.at(-1)?.toUpperCase() ?? ''];
    return factor === undefined ? Number(text) : Number(text.slice(0, -1)) * factor;
  })
  .refine((value) => value > 0, 'must be more than 0');

const status = z
  .string()
  .regex(/^\d{1,3}$/, 'not an exit status')
  .transform(Number)
  .refine((value) => value <= 255, 'an exit status is at most 255');

const milliseconds = z
  .string()
  .regex(/^\d{1,9}(?:,\d{1,9})*$/, 'not a list of milliseconds (form: 500,2000,5000)')
  .transform((text) => text.split(',').map(Number));

function schemaFor(spec: OptionSpec): z.ZodType<unknown, string> {
  switch (spec.kind) {
    case 'count':
      return spec.fallback === 0 || spec.zero === true ? count : positiveCount;
    case 'amount':
      return amount;
    case 'bytes':
      return spec.zero === true ? bytes : positiveBytes;
    case 'status':
      return status;
    case 'seconds':
      return spec.zero === true ? seconds : positiveSeconds;
    case 'optional-seconds':
      return seconds;
    case 'milliseconds':
      return milliseconds;
    case 'choice':
      return z.string().refine((value) => spec.choices?.includes(value) === true, {
        error: ({ input }) => notAmong(String(input), spec.choices ?? []),
      });
    case 'text':
    case 'flag':
      return z.string();
  }
}

/**
 * Reads the value of one option.
 *
 * @throws Failure `usage` that names the option and the value.
 */
export function readOptionValue(program: string, name: string, spec: OptionSpec, raw: string): unknown {
  if (spec.kind === 'optional-seconds' && raw === '') return Number.POSITIVE_INFINITY;
  const parsed = schemaFor(spec).safeParse(raw);
  if (parsed.success) return parsed.data;
  throw usageFailure(program, `--${name} ${JSON.stringify(raw)}: ${describeIssue(parsed.error)}`);
}
