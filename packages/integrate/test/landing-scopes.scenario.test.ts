import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { finishedAttempt, types } from './finished-attempt.ts';

const RUN = ['run', '--target-branch', 'main', '--backoff', '50', '--keep-workspaces'];
const SCOPES = ['--landing-scope', 'web=web/**', '--landing-scope', 'docs=docs/**', '--landing-scope', 'docs=*.md'];

function attempt(repo: TestRepository, id: string, ...paths: string[]): string {
  return `${finishedAttempt(repo, id, { files: Object.fromEntries(paths.map((path) => [path, `${id}\n`])) }).line}\n`;
}

function subjects(repo: TestRepository): string[] {
  return repo.gitOrigin('log', '--reverse', '--format=%s', 'main').split('\n').slice(1);
}

/** A gate of which that of T-1 waits until the target has the work of another task. */
const waitsFor = (repo: TestRepository, subject: string) =>
  `echo run >>${repo.folder}/gates; if [ "$RALPH_TASK_ID" = T-1 ]; then
     until git -C ${repo.origin} log --format=%s main | grep -q '${subject}'; do sleep 0.05; done
   fi`;

describe('ralph-integrate run with landing scopes', () => {
  it('work of one scope lands while that of another is being judged, and neither is judged again', async () => {
    const repo = temporaryRepository();
    const stdin = attempt(repo, 'T-1', 'web/a') + attempt(repo, 'T-2', 'docs/b', 'c.md');
    const ci = waitsFor(repo, 'T-2: work');
    const end = await runProgram('ralph-integrate', [...RUN, ...SCOPES, '--ci', ci], { cwd: repo.root, stdin });
    expect(end.stderr).toBe('');
    expect(end.status).toBe(0);
    expect(subjects(repo)).toEqual(['T-2: work', 'T-1: work']);
    expect(types(end).filter((type) => type === 'ci.started')).toHaveLength(2);
    const told = records(end.stdout).flatMap((event) => (event['type'] === 'task.completed' ? [event['commit']] : []));
    expect(told).toEqual(repo.gitOrigin('log', '--reverse', '--format=%H', 'main').split('\n').slice(1));
  });

  it('those behind in the same scope keep what their gates said when another scope has landed in between', async () => {
    const repo = temporaryRepository();
    const stdin = attempt(repo, 'T-1', 'web/a') + attempt(repo, 'T-2', 'docs/b') + attempt(repo, 'T-3', 'web/c');
    const ci = `${waitsFor(repo, 'T-2: work')}; test "$RALPH_TASK_ID" != T-3 || test -f web/a`;
    const args = [...RUN, ...SCOPES, '--jobs', '3', '--landing', 'train', '--ci', ci];
    const end = await runProgram('ralph-integrate', args, { cwd: repo.root, stdin });
    expect(end.status).toBe(0);
    expect(subjects(repo)).toHaveLength(3);
    expect(types(end).filter((type) => type === 'ci.started')).toHaveLength(3);
    expect(repo.gitOrigin('ls-tree', '-r', '--name-only', 'main').split('\n')).toEqual(
      expect.arrayContaining(['docs/b', 'web/a', 'web/c']),
    );
  });

  it('work across scopes has the road to itself', async () => {
    const repo = temporaryRepository();
    const stdin = attempt(repo, 'T-1', 'web/a', 'docs/a') + attempt(repo, 'T-2', 'docs/b');
    const alone = `mkdir ${repo.folder}/road || exit 1; sleep 0.2; rmdir ${repo.folder}/road`;
    const end = await runProgram('ralph-integrate', [...RUN, ...SCOPES, '--ci', alone], { cwd: repo.root, stdin });
    expect(end.status).toBe(0);
    expect(subjects(repo)).toEqual(['T-1: work', 'T-2: work']);
  });

  it('all scopes together have no more gates than there are places', async () => {
    const repo = temporaryRepository();
    const stdin = attempt(repo, 'T-1', 'web/a') + attempt(repo, 'T-2', 'docs/b');
    const alone = `mkdir ${repo.folder}/road || exit 1; sleep 0.2; rmdir ${repo.folder}/road`;
    const args = [...RUN, ...SCOPES, '--jobs', '1', '--landing', 'train', '--ci', alone];
    const end = await runProgram('ralph-integrate', args, { cwd: repo.root, stdin });
    expect(end.status).toBe(0);
    expect(subjects(repo)).toHaveLength(2);
  });

  it('a conflict between scopes that were declared apart is found, and only the later one is blocked', async () => {
    const repo = temporaryRepository({ 'web/x': 'old\n' });
    const scopes = ['--landing-scope', 'web=web/**', '--landing-scope', 'rest=**', '--landing-scope', 'rest=web/**'];
    const first = finishedAttempt(repo, 'T-1', { files: { 'web/x': 'first\n', 'y.txt': 'y\n' } });
    const second = finishedAttempt(repo, 'T-2', { files: { 'web/x': 'second\n' } });
    const stdin = `${first.line}\n${second.line}\n`;
    const end = await runProgram('ralph-integrate', [...RUN, ...scopes], { cwd: repo.root, stdin });
    expect(end.status).toBe(2);
    expect(types(end).filter((type) => type === 'task.blocked')).toHaveLength(1);
    expect(types(end).filter((type) => type === 'task.completed')).toHaveLength(1);
  });

  it('takes the scopes from the configuration', async () => {
    const repo = temporaryRepository();
    mkdirSync(join(repo.root, '.ralph'), { recursive: true });
    const config = '{ "parallel": { "landing_scopes": { "web": ["web/**"], "docs": ["docs/**"] } } }';
    writeFileSync(join(repo.root, '.ralph/config.jsonc'), config);
    const stdin = attempt(repo, 'T-1', 'web/a') + attempt(repo, 'T-2', 'docs/b');
    const ci = waitsFor(repo, 'T-2: work');
    const end = await runProgram('ralph-integrate', [...RUN, '--ci', ci], { cwd: repo.root, stdin });
    expect(end.status).toBe(0);
    expect(subjects(repo)).toEqual(['T-2: work', 'T-1: work']);
  });

  it('refuses a scope that is none before it reads anything', async () => {
    const repo = temporaryRepository();
    const end = await runProgram('ralph-integrate', [...RUN, '--landing-scope', 'web'], { cwd: repo.root, stdin: '' });
    expect(end.status).toBe(64);
    expect(end.stderr).toContain('--landing-scope "web": not NAME=PATTERN');
  });
});
