import { describe, expect, it } from 'vitest';
import { isTerminal, LIFECYCLES } from '../../src/contract/lifecycle.ts';
import { stateFile } from '../../src/contract/state-file.ts';

describe('stateFile', () => {
  it('reads a file of ralph-agent-loop 0.4 and keeps every field', () => {
    const file = {
      schema_version: 3,
      started_at: '2026-01-01T00:00:00Z',
      target_branch: 'main',
      workers: [
        {
          task_id: 'RQ-0001',
          workspace_path: '/w/RQ-0001',
          lifecycle: 'blocked_push',
          started_at: '2026-01-01T00:00:00Z',
          completed_at: null,
          push_attempts: 5,
          last_error: 'no',
          future: { x: [1] },
        },
      ],
      also: true,
    };
    expect(stateFile.parse(file)).toEqual(file);
  });

  it('fills in what is missing', () => {
    expect(stateFile.parse({ workers: [{ task_id: 'A' }] })).toEqual({
      schema_version: 1,
      started_at: '',
      target_branch: '',
      workers: [{ task_id: 'A', workspace_path: '', lifecycle: 'running', started_at: '', push_attempts: 0 }],
    });
  });

  it.each([
    { workers: [{}] },
    { workers: [{ task_id: '' }] },
    { workers: [{ task_id: 'A', lifecycle: 'done' }] },
    { workers: [{ task_id: 'A', attempt: 0 }] },
    { workers: [{ task_id: 'A', head_commit: 'abc' }] },
    { schema_version: 'three' },
  ])('refuses %j', (file) => {
    expect(stateFile.safeParse(file).success).toBe(false);
  });
});

it('counts completed, failed and blocked as ended', () => {
  expect(LIFECYCLES.filter(isTerminal)).toEqual(['completed', 'failed', 'blocked_push']);
});
