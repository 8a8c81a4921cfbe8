import { expect, it } from 'vitest';
import { blockedWords } from '../src/start/announce-blocked.ts';

it('M31: names blocked tasks with attempts, the first line of the reason and what asks for them again', () => {
  const records = [
    { task_id: 'A', push_attempts: 4, last_error: `${'x'.repeat(200)}\nsecond line` },
    { task_id: 'B', retry_requested_at: '2026-01-01T00:00:00Z', last_error: 'asked for' },
    { task_id: 'C', error_code: 'published', last_error: 'awaits review' },
  ];
  expect(blockedWords(records, '/r')).toEqual([
    '1 task is blocked since an earlier run and not started:',
    `  A (attempts: 4): ${'x'.repeat(180)}; to run it again: ralph-orchestrate retry A --repo /r`,
  ]);
  expect(blockedWords([], '/r')).toEqual([]);
});
