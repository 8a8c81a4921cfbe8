import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtProgram, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { eventOf, finishedAttempt, foreignPush, types } from './finished-attempt.ts';

const RUN = ['run', '--keep-workspaces', '--backoff', '1'] as const;

/** A repository whose queue and done file are tracked. */
function trackedQueue(...ids: readonly string[]): TestRepository {
  return temporaryRepository({
    '.gitignore': '.ralph/cache/\n.ralph/logs/\n',
    '.ralph/queue.jsonc': JSON.stringify({ version: 1, tasks: ids.map((id) => queueTask(id)) }, null, 2),
    '.ralph/done.jsonc': JSON.stringify({ version: 1, tasks: [] }, null, 2),
  });
}

function idsIn(repo: TestRepository, path: string): string[] {
  const { tasks } = JSON.parse(repo.gitOrigin('show', `main:${path}`)) as { tasks: { id: string }[] };
  return tasks.map((task) => task.id);
}

describe('with a queue that is tracked by git', () => {
  it('the move to done lands right behind the work, and the checkout of the user follows', async () => {
    const repo = trackedQueue('T-1', 'T-2', 'T-3');
    const first = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const second = finishedAttempt(repo, 'T-2', { files: { 'b.txt': 'b\n' } });
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${first.line}\n${second.line}\n` });
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(repo.gitOrigin('log', '--format=%s', 'main').split('\n')).toEqual([
      'T-2: move to done',
      'T-2: work',
      'T-1: move to done',
      'T-1: work',
      'start',
    ]);
    expect(repo.gitOrigin('log', '-1', '--format=%(trailers:key=Ralph-Task,valueonly)', 'main').trim()).toBe('T-2');
    expect(repo.gitOrigin('show', '--format=', '--name-only', 'main').split('\n')).toEqual([
      '.ralph/done.jsonc',
      '.ralph/queue.jsonc',
    ]);
    expect(idsIn(repo, '.ralph/queue.jsonc')).toEqual(['T-3']);
    expect(idsIn(repo, '.ralph/done.jsonc')).toEqual(['T-1', 'T-2']);
    expect(repo.git('rev-parse', 'HEAD')).toBe(repo.gitOrigin('rev-parse', 'main'));
    expect(repo.git('status', '--porcelain')).toBe('');
  });

  it('a git that is killed when it has just committed the move does not part it from the work', async () => {
    const repo = trackedQueue('T-1', 'T-2');
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    scriptedCommand(
      repo.folder,
      'git',
      `case " $* " in *' --only '*) ${git} "$@"; kill -9 $$ ;; esac; exec ${git} "$@"`,
    );
    const judged = join(repo.folder, 'judged');
    const end = await runProgram('ralph-integrate', [...RUN, '--ci', `git rev-parse 'HEAD^{tree}' >>'${judged}'`], {
      cwd: repo.root,
      stdin: `${line}\n`,
      env: testEnvironment(join(repo.folder, 'bin')),
    });
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(repo.gitOrigin('log', '--format=%s', 'main').split('\n')).toEqual([
      'T-1: move to done',
      'T-1: work',
      'start',
    ]);
    expect(readFileSync(judged, 'utf8').trim()).toBe(repo.gitOrigin('rev-parse', 'main^{tree}'));
    expect(idsIn(repo, '.ralph/done.jsonc')).toEqual(['T-1']);
  });

  it('a checkout of the user whose update was cut off is brought forward with the next one', async () => {
    const repo = trackedQueue('T-1', 'T-2', 'T-3');
    const first = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const second = finishedAttempt(repo, 'T-2', { files: { 'b.txt': 'b\n' } });
    await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${first.line}\n` });
    repo.git('update-ref', 'refs/heads/main', 'main~2');
    expect(repo.git('status', '--porcelain')).not.toBe('');
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${second.line}\n` });
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(repo.git('rev-parse', 'HEAD')).toBe(repo.gitOrigin('rev-parse', 'main'));
    expect(repo.git('status', '--porcelain')).toBe('');
  });

  it('what another has moved while the gate ran is kept', async () => {
    const repo = trackedQueue('T-1', 'T-2');
    const mine = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const other = finishedAttempt(repo, 'T-2', { files: { 'b.txt': 'b\n' } });
    const started = join(repo.folder, 'started');
    const rival = `cd ${repo.root} && ${process.execPath} ${builtProgram('ralph-integrate')} one T-2 --keep-workspaces --attempt 1 --workspace ${other.workspace}`;
    const gate = `test -e ${started} || { touch ${started}; ${rival}; }`;
    const end = await runProgram('ralph-integrate', [...RUN, '--ci', gate], {
      cwd: repo.root,
      stdin: `${mine.line}\n`,
    });
    expect(end.status).toBe(0);
    expect(eventOf(end, 'push.rejected')).toMatchObject({ verdict: 'race' });
    expect(idsIn(repo, '.ralph/queue.jsonc')).toEqual([]);
    expect(idsIn(repo, '.ralph/done.jsonc')).toEqual(['T-2', 'T-1']);
  });

  it('what the attempt itself did to the files does not land', async () => {
    const repo = trackedQueue('T-1', 'T-2');
    const { line } = finishedAttempt(repo, 'T-1', {
      files: { 'a.txt': 'a\n', '.ralph/queue.jsonc': '{"version":1,"tasks":[]}' },
    });
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(0);
    expect(idsIn(repo, '.ralph/queue.jsonc')).toEqual(['T-2']);
  });

  it('M51: a task in neither file fails, and nothing is pushed', async () => {
    const repo = trackedQueue('T-2');
    const { line, git, head } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(1);
    expect(eventOf(end, 'task.failed')).toMatchObject({ code: 'bookkeeping_failed' });
    expect(repo.gitOrigin('log', '--format=%s', 'main')).toBe('start');
    expect(git('rev-parse', 'HEAD')).toBe(head);
    expect(git('status', '--porcelain', '--untracked-files=no')).toBe('');
  });

  it('a checkout with edits in the way is left as it is, with a note', async () => {
    const repo = trackedQueue('T-1', 'T-2');
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const edited = `${repo.read('.ralph/queue.jsonc')}\n// mine\n`;
    writeFileSync(join(repo.root, '.ralph/queue.jsonc'), edited);
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(0);
    expect(end.stderr).toContain(
      'your checkout is left as it is: your edits of .ralph/queue.jsonc would be overwritten',
    );
    expect(end.stderr).toContain(`git -C ${repo.root} pull`);
    expect(repo.read('.ralph/queue.jsonc')).toBe(edited);
    expect(idsIn(repo, '.ralph/done.jsonc')).toEqual(['T-1']);
  });
});

describe('what the user has beside git', () => {
  it('an ignored file where the target has a new one is not overwritten', async () => {
    const repo = trackedQueue('T-1', 'T-2');
    repo.write('.git/info/exclude', 'notes.txt\n');
    repo.write('notes.txt', 'mine\n');
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'notes.txt': 'of the agent\n' } });
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(0);
    expect(end.stderr).toContain('notes.txt');
    expect(repo.read('notes.txt')).toBe('mine\n');
    expect(repo.git('rev-parse', 'HEAD')).not.toBe(repo.gitOrigin('rev-parse', 'main'));
  });

  it('a tracked queue in an ignored folder gets its first done file', async () => {
    const repo = temporaryRepository();
    repo.queue([queueTask('T-1'), queueTask('T-2')]);
    repo.write('.gitignore', '.ralph/\n');
    repo.git('add', '-f', '.ralph/queue.jsonc', '.gitignore');
    repo.git('commit', '-q', '-m', 'queue');
    repo.git('push', '-q');
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(0);
    expect(idsIn(repo, '.ralph/queue.jsonc')).toEqual(['T-2']);
    expect(idsIn(repo, '.ralph/done.jsonc')).toEqual(['T-1']);
  });
});

describe('with a queue that is split between git and not', () => {
  it('the task is blocked and both files are named', async () => {
    const repo = temporaryRepository({
      '.ralph/queue.jsonc': JSON.stringify({ version: 1, tasks: [queueTask('T-1')] }),
    });
    repo.write('.ralph/done.jsonc', '{"version":1,"tasks":[]}');
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(3);
    expect(eventOf(end, 'task.blocked')).toMatchObject({ code: 'config_invalid' });
    expect(eventOf(end, 'task.blocked')['reason']).toMatch(/queue\.jsonc is tracked .*done\.jsonc is not/);
  });
});

describe('without --keep-workspaces', () => {
  it('the workspace of a landed task is removed, that of a blocked one is kept', async () => {
    const repo = temporaryRepository({ 'c.txt': 'old\n' });
    const landing = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const blocked = finishedAttempt(repo, 'T-2', { files: { 'c.txt': 'mine\n' } });
    foreignPush(repo, 'c.txt', 'theirs\n');
    const end = await runProgram('ralph-integrate', ['run'], {
      cwd: repo.root,
      stdin: `${landing.line}\n${blocked.line}\n`,
    });
    expect(end.status).toBe(2);
    expect(eventOf(end, 'workspace.removed')).toMatchObject({
      task_id: 'T-1',
      attempt: 1,
      workspace_path: landing.workspace,
    });
    expect(existsSync(landing.workspace)).toBe(false);
    expect(existsSync(blocked.workspace)).toBe(true);
  });

  it('the next task lands while a workspace is being removed', async () => {
    const repo = temporaryRepository();
    const lines = ['T-1', 'T-2'].map((id) => finishedAttempt(repo, id, { files: { [id]: 'x\n' } }).line);
    const worker = builtProgram('ralph-worker');
    const landed = `git -C '${repo.root}' rev-parse -q --verify refs/ralph/landed/T-2/1`;
    const bin = join(repo.folder, 'bin');
    mkdirSync(bin);
    writeFileSync(
      join(bin, 'ralph-worker'),
      `#!/bin/sh\nuntil ${landed} >/dev/null; do sleep 0.05; done\nexec '${process.execPath}' '${worker}' "$@"\n`,
      { mode: 0o755 },
    );
    const end = await runProgram('ralph-integrate', ['run'], {
      cwd: repo.root,
      stdin: `${lines.join('\n')}\n`,
      env: { RALPH_EXEC_PATH: bin },
    });
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(types(end).filter((type) => /^task|removed$/.test(String(type)))).toEqual([
      'task.completed',
      'task.completed',
      'workspace.removed',
      'workspace.removed',
    ]);
  });
});
