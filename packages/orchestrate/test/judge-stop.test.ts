import { describe, expect, it } from 'vitest';
import { isRun, judgeStop } from '../src/stop/judge-stop.ts';

const holder = {
  pid: 7,
  started: '2026-01-01T00:00:00Z',
  prompt: 'ralph-orchestrate run -- x',
  start_time: '99',
  token: 't',
};
const run = { holder, since: 1000 };
const request = (fields: object) => JSON.stringify({ pid: 7, start_time: '99', at: '2026-01-01T00:00:00Z', ...fields });

describe('judgeStop', () => {
  it.each<[string, string, number, boolean, 'obey' | 'stale']>([
    ['one that names the run', request({ token: 't' }), 0, false, 'obey'],
    ['one that names it without a token', request({}), 0, false, 'obey'],
    ['one for an earlier run', request({ token: 'other' }), 2000, true, 'stale'],
    ['one for another process of the same number', request({ start_time: '98' }), 2000, true, 'stale'],
    ['words that were left from before', 'stop', 0, false, 'stale'],
    ['an empty file that was made while the run was starting', '', 1000, false, 'obey'],
    ['words that appear while it goes on, whatever their date', 'Stop requested at …', 0, true, 'obey'],
    ['a JSON document that names nobody', '{"stop":true}', 0, true, 'obey'],
  ])('%s', (_, text, writtenAt, appeared, verdict) => {
    expect(judgeStop({ text, writtenAt, appeared }, run)).toBe(verdict);
  });

  it('obeys no request by name where the lock did not say who holds it', () => {
    const seen = { text: request({}), writtenAt: 2000, appeared: true };
    expect(judgeStop(seen, { holder: undefined, since: 0 })).toBe('stale');
  });

  it('knows a run from others that hold the lock', () => {
    expect([isRun(holder), isRun({ ...holder, prompt: 'make release' })]).toEqual([true, false]);
  });
});
