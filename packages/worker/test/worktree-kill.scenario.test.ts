import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';

/** Every step that changes something: whoever makes a loop is killed right behind each. */
const STEPS = ['update-ref', 'worktree add', 'worktree lock', 'push', 'reset'] as const;

it.each(STEPS)('what a kill -9 at `git %s` leaves of a loop is undone by the next one that is made', async (step) => {
  const repository = temporaryRepository();
  const path = process.env['PATH'] ?? '';
  // The step is done, and whoever asked for it is gone before it hears of that.
  const shim = scriptedCommand(
    repository.folder,
    'git',
    `PATH="${path}" git "$@"; status=$?; case " $* " in *" ${step} "*) kill -9 $PPID;; esac; exit $status`,
  );
  const env = { PATH: `${dirname(shim)}:${path}` };
  const killed = await runProgram('ralph-worker', ['worktree', 'add'], { cwd: repository.root, env });
  expect(killed.stdout).toBe('');
  const listed = await runProgram('ralph-worker', ['worktree', 'list'], { cwd: repository.root });
  expect(records(listed.stdout)).toMatchObject([{ state: 'half' }]);
  const next = await runProgram('ralph-worker', ['worktree', 'add', 'next'], { cwd: repository.root });
  expect({ status: next.status, stderr: next.stderr }).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('half-made'),
  });
  const refs = (text: string) => text.split('\n').filter((ref) => ref.includes('ralph/'));
  expect(refs(repository.git('for-each-ref', '--format=%(refname)', 'refs/heads'))).toEqual(['refs/heads/ralph/next']);
  expect(refs(repository.gitOrigin('for-each-ref', '--format=%(refname)'))).toEqual(['refs/heads/ralph/next']);
  const names = (path: string) => readdirSync(join(repository.root, path)).filter((name) => name !== '.gitignore');
  expect([names('.worktrees'), names('.git/worktrees'), names('.git/ralph/loops')]).toEqual([
    ['next'],
    ['next'],
    ['next.json'],
  ]);
  expect(existsSync(join(repository.root, '.worktrees/next/README.md'))).toBe(true);
});
