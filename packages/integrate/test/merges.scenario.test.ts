import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { eventOf, finishedAttempt, foreignPush, parkHead, type FinishedAttempt } from './finished-attempt.ts';

const RUN = ['run', '--keep-workspaces'] as const;

/** An attempt whose last commit is a merge that holds what no other commit holds. */
function mergedAttempt(repo: TestRepository): FinishedAttempt {
  const attempt = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
  const { git, workspace } = attempt;
  const commit = (path: string, message: string) => {
    writeFileSync(join(workspace, path), `${path}\n`);
    git('add', path);
    git('commit', '-q', '-m', message);
  };
  git('checkout', '-q', '-b', 'side', 'HEAD~1');
  commit('side.txt', 'side work');
  git('checkout', '-q', 'main');
  git('merge', '-q', '--no-ff', '--no-commit', 'side');
  commit('resolution.txt', 'both sides');
  parkHead(repo, attempt, 'T-1');
  return attempt;
}

describe('an attempt that holds merges', () => {
  it('lands as one commit with all that the merges hold', async () => {
    const repo = temporaryRepository();
    const { line } = mergedAttempt(repo);
    foreignPush(repo, 'b.txt', 'b\n');
    const end = await runProgram('ralph-integrate', [...RUN, '--ci', 'cat resolution.txt side.txt a.txt b.txt'], {
      cwd: repo.root,
      stdin: `${line}\n`,
    });
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(repo.gitOrigin('log', '--format=%s|%an', 'main').split('\n')).toEqual([
      'T-1: Task T-1|Agent',
      'rival: b.txt|Rival',
      'start|Test',
    ]);
    expect(repo.gitOrigin('ls-tree', '--name-only', 'main').split('\n')).toEqual([
      'README.md',
      'a.txt',
      'b.txt',
      'resolution.txt',
      'side.txt',
    ]);
    const body = repo.gitOrigin('log', '-1', '--format=%b', 'main');
    expect(body).toContain('T-1: work');
    expect(body).toContain('side work');
    expect(repo.gitOrigin('log', '-1', '--format=%(trailers:key=Ralph-Task,valueonly)', 'main').trim()).toBe('T-1');
    expect(eventOf(end, 'task.completed')).toMatchObject({ commit: repo.gitOrigin('rev-parse', 'main') });
  });

  it('in conflict, is blocked with the exact files and lands once a person has merged', async () => {
    const repo = temporaryRepository();
    const { line, workspace, git, head } = mergedAttempt(repo);
    foreignPush(repo, 'side.txt', 'theirs\n');
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(3);
    expect(eventOf(end, 'rebase.conflicted')).toMatchObject({ files: ['side.txt'] });
    expect(eventOf(end, 'task.blocked')).toMatchObject({
      code: 'conflict',
      next_command: `cd ${workspace} && git merge origin/main`,
    });
    expect(git('rev-parse', 'HEAD^1')).toBe(head);
    expect(() => git('merge', '-q', 'origin/main')).toThrow(/failed/);
    writeFileSync(join(workspace, 'side.txt'), 'both\n');
    git('commit', '-q', '-am', 'resolved');
    const again = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(again.status).toBe(0);
    expect(repo.gitOrigin('show', 'main:side.txt')).toBe('both');
    expect(repo.gitOrigin('show', 'main:resolution.txt')).toBe('resolution.txt');
  });
});
