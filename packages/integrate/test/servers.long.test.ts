import { expect, it } from 'vitest';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { eventOf, finishedAttempt } from './finished-attempt.ts';
import { originHook, servedRepository, subjects, updatesOfMain } from './servers/served-repository.ts';

it('a hook of an http server that is silent for longer than any low-speed limit of ours is waited for', async () => {
  const { repo } = await servedRepository('http');
  repo.gitOrigin('config', 'receive.keepAlive', '0');
  const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
  originHook(repo, 'pre-receive', 'sleep 75');
  const end = await runProgram('ralph-integrate', ['run', '--keep-workspaces'], {
    cwd: repo.root,
    stdin: `${line}\n`,
  });
  expect(end).toMatchObject({ status: 0, stderr: '' });
  expect(eventOf(end, 'task.completed')).toMatchObject({ push_attempts: 1 });
  expect(subjects(repo)).toEqual(['T-1: work', 'start']);
  expect(updatesOfMain(repo)).toBe(1);
});
