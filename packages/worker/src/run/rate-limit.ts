import { runInNewContext } from 'node:vm';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';

/** What an agent's provider said when it refused to go on for now. */
export interface RateLimit {
  /** Seconds after which it may be tried again; absent where it does not say. */
  readonly retryAfterS?: number;
}

/** How providers of coding agents say that too much was asked of them. */
const USUAL =
  /\b(?:rate[ _-]?limit(?:s|ed|_error|[ _]exceeded|[ _]reached)?|too many requests|usage limit|(?:insufficient|exceeded|out of)[ _](?:your )?(?:current )?quota|quota exceeded|overloaded_error|resource_exhausted)\b/iu;

const AFTER =
  /(?:retry|try again|reset|available|wait)[^\d\n]{0,40}(\d{1,7}(?:\.\d{1,9})?)\s*(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?)?\b/iu;

/** The last part of a line such as `… limit reached|1790000000`: seconds since 1970. */
const AT = /\|\s*(\d{10})\s*$/u;

const UNITS = { ms: 0.001, s: 1, m: 60, h: 3600 } as const;

/** A pattern can take years for one line; those that are meant well take no time at all. */
const MATCH_LIMIT_MS = 500;

/** A day: what a text says beyond that is not believed. */
const LONGEST_S = 86_400;

/**
 * Returns the pattern that says which words of an agent mean a limit: the one given, or that of the usual words.
 *
 * @throws Failure `usage` when it is no regular expression
 */
export function rateLimitPattern(program: string, given: string | undefined): RegExp {
  if (given === undefined) return USUAL;
  try {
    return new RegExp(given, 'iu');
  } catch (error) {
    throw usageFailure(program, `--rate-limit: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Looks for a limit in the last lines of an agent: the last one that matches counts. When it may be tried again is what
 * the pattern's group `retry_after` has caught, in seconds, or else what the line says. A pattern of the user's that does
 * not come to an end on these lines matches none of them: a whole run would stand still for it.
 *
 * @param now milliseconds since 1970
 */
export function rateLimitIn(lines: readonly string[], pattern: RegExp, now: number): RateLimit | undefined {
  const found = pattern === USUAL ? lastMatch(lines, pattern) : lastMatchInTime(lines, pattern);
  if (found === undefined) return undefined;
  const seconds = Number(found.groups?.['retry_after'] ?? secondsIn(found.input, now));
  return Number.isFinite(seconds) ? { retryAfterS: Math.min(LONGEST_S, Math.max(0, Math.ceil(seconds))) } : {};
}

function lastMatch(lines: readonly string[], pattern: RegExp): RegExpExecArray | undefined {
  for (const line of lines.toReversed()) {
    const found = pattern.exec(line);
    if (found !== null) return found;
  }
  return undefined;
}

function lastMatchInTime(lines: readonly string[], pattern: RegExp): RegExpExecArray | undefined {
  try {
    const search = () => lastMatch(lines, pattern);
    return runInNewContext('search()', { search }, { timeout: MATCH_LIMIT_MS }) as RegExpExecArray | undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  }
}

function secondsIn(line: string, now: number): number {
  const at = AT.exec(line)?.[1];
  if (at !== undefined) return Number(at) - now / 1000;
  const [, amount = 'none', unit = 's'] = AFTER.exec(line) ?? [];
  return Number(amount) * UNITS[shortUnit(unit.toLowerCase())];
}

function shortUnit(unit: string): keyof typeof UNITS {
  if (unit === 'ms' || unit.startsWith('milli')) return 'ms';
  if (unit.startsWith('h')) return 'h';
  return unit.startsWith('m') ? 'm' : 's';
}
