import { describe, expect, it } from 'vitest';
import { agentEnvironment } from '../src/agent/agent-environment.ts';

describe('agentEnvironment', () => {
  const facts = { taskId: 'RQ-1', title: 'T', attempt: 2, path: '/w/RQ-1', branch: 'main' };

  it('M34 names the task and its workspace, and drops what would lead git elsewhere', () => {
    const env = agentEnvironment(facts, { PATH: '/bin', GIT_DIR: '/elsewhere', GIT_INDEX_FILE: '/x', PWD: '/old' });
    expect(env).toEqual({
      PATH: '/bin',
      PWD: '/w/RQ-1',
      RALPH_TASK_ID: 'RQ-1',
      RALPH_TASK_TITLE: 'T',
      RALPH_WORKSPACE: '/w/RQ-1',
      RALPH_TARGET_BRANCH: 'main',
      RALPH_PROMPT_FILE: '/w/RQ-1/.git/ralph/prompt.md',
      RALPH_ATTEMPT: '2',
    });
  });

  it('names another file for the prompt of a plan or a review, so that what was asked of who does it is kept', () => {
    const call = { words: ['x'], prompt: 'stdin' } as const;
    const files = (['task', 'plan', 'implement', 'review'] as const).map(
      (phase) => agentEnvironment({ ...facts, step: { phase, call }, steps: 3 }, {})['RALPH_PROMPT_FILE'],
    );
    expect(files.map((file) => file?.replace('/w/RQ-1/.git/ralph/', ''))).toEqual([
      'prompt.md',
      'prompt.plan.md',
      'prompt.md',
      'prompt.review.md',
    ]);
  });

  it('holds of a title what an environment can: 4 kB, whole characters, no NUL', () => {
    const titleOf = (title: string) => agentEnvironment({ ...facts, title }, {})['RALPH_TASK_TITLE'];
    expect(titleOf('a\0b')).toBe('a b');
    expect(titleOf(`a${'é'.repeat(3000)}`)).toBe(`a${'é'.repeat(2047)}`);
  });
});
