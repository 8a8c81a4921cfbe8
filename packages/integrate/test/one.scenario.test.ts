import { describe, expect, it } from 'vitest';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { eventOf, finishedAttempt } from './finished-attempt.ts';

describe('ralph-integrate one with nothing but a task', () => {
  it('lands the latest attempt from the workspace of the task', async () => {
    const repo = temporaryRepository();
    const { workspace } = finishedAttempt(repo, 'T-1', { attempt: 10, files: { 'a.txt': 'a\n' } });
    repo.git('update-ref', 'refs/ralph/attempts/T-1/9', 'main');
    const end = await runProgram('ralph-integrate', ['one', 'T-1', '--keep-workspaces'], { cwd: repo.root });
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(eventOf(end, 'task.completed')).toMatchObject({ attempt: 10, workspace_path: workspace });
  });

  it('says that no attempt is known (64)', async () => {
    const repo = temporaryRepository();
    finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    repo.git('update-ref', '-d', 'refs/ralph/attempts/T-1/1');
    const end = await runProgram('ralph-integrate', ['one', 'T-1'], { cwd: repo.root });
    expect(end.status).toBe(64);
    expect(end.stderr).toMatch(/--attempt N: no attempt at T-1 is known/);
  });
});
