import { describe, expect, it } from 'vitest';
import { rateLimitIn, rateLimitPattern } from '../src/run/rate-limit.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z');

function limit(line: string, pattern?: string) {
  return rateLimitIn(['working', line, ''], rateLimitPattern('ralph-worker', pattern), NOW);
}

describe('rateLimitIn', () => {
  it.each([
    ['API Error: 429 {"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}', {}],
    ['Error: Rate limit reached for requests. Please try again in 20s.', { retryAfterS: 20 }],
    ['rate limited; retry-after: 90', { retryAfterS: 90 }],
    ['Too Many Requests, retry in 2 minutes', { retryAfterS: 120 }],
    ['usage limit, resets in 3 hours', { retryAfterS: 10_800 }],
    ['You exceeded your current quota, please try again in 1.5h', { retryAfterS: 5400 }],
    ['rate limit: try again in 250ms', { retryAfterS: 1 }],
    [`usage limit reached|${NOW / 1000 + 600}`, { retryAfterS: 600 }],
    [`usage limit reached|${NOW / 1000 - 600}`, { retryAfterS: 0 }],
    ['rate limit: retry in 9999999 seconds', { retryAfterS: 86_400 }],
    ['overloaded_error', {}],
    ['status: RESOURCE_EXHAUSTED', {}],
  ])('reads %s', (line, expected) => {
    expect(limit(line)).toEqual(expected);
  });

  it.each(['cannot find module', 'error 4290', 'limits of the rates', 'crate limiter'])('takes %s for none', (line) => {
    expect(limit(line)).toBeUndefined();
  });

  it('goes by a pattern of the user, and by what its group retry_after has caught', () => {
    expect(limit('come back later', 'come back')).toEqual({});
    expect(limit('COME BACK in 7 ticks', 'come back in (?<retry_after>\\d+)')).toEqual({ retryAfterS: 7 });
    expect(limit('rate limit', 'come back')).toBeUndefined();
  });

  it('gives up a pattern that would take years for a line', () => {
    expect(limit(`${'a'.repeat(60)}!`, '^(a+)+$')).toBeUndefined();
    expect(limit('aaa', '^(a+)+$')).toEqual({});
  });

  it('refuses a pattern that is none', () => {
    expect(() => rateLimitPattern('ralph-worker', '(')).toThrow('--rate-limit');
  });

  it('believes the last line that tells of a limit', () => {
    const lines = ['rate limit: retry in 1 s', 'rate limit: retry in 2 s', 'giving up'];
    expect(rateLimitIn(lines, rateLimitPattern('ralph-worker', undefined), NOW)).toEqual({ retryAfterS: 2 });
  });
});
