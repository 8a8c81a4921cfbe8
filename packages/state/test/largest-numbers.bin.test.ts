import { describe, expect, it } from 'vitest';
import { records } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { agentStarted, stream, taskFailed } from './support/events.ts';
import { ralphState, STATE, stateOnDisk } from './support/repository.ts';

const MOST = Number.MAX_SAFE_INTEGER;

describe('a state file whose counters have come to the last number that JSON keeps exactly', () => {
  it('takes what comes, and can be read afterwards', async () => {
    const { root, write } = temporaryRepository();
    const record = {
      task_id: 'RQ-0001',
      workspace_path: '/w',
      lifecycle: 'failed',
      started_at: '2026-01-01T00:00:00Z',
      push_attempts: 0,
      attempt: 1,
      failures: MOST,
      failed_attempt: 1,
    };
    const whole = { schema_version: 3, started_at: '', target_branch: 'main', workers: [record], revision: MOST };
    write(STATE, JSON.stringify(whole));
    const lines = stream(agentStarted({ attempt: 2 }), taskFailed({ attempt: 2 }));
    expect(await ralphState(root, ['apply'], lines)).toMatchObject({ status: 0, stderr: '' });
    expect(stateOnDisk(root)).toMatchObject({ revision: 2, workers: [{ attempt: 2, failures: MOST }] });
    const { status, stdout } = await ralphState(root, ['list']);
    expect({ status, records: records(stdout) }).toMatchObject({
      status: 0,
      records: [{ task_id: 'RQ-0001', lifecycle: 'failed', attempt: 2 }],
    });
  });
});
