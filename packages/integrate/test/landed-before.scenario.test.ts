import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { eventOf, finishedAttempt, foreignPush, types } from './finished-attempt.ts';

const RUN = ['run', '--keep-workspaces', '--backoff', '1'] as const;
const LANDED = 'refs/ralph/landed/T-1/1';

/** Twenty numbered lines, some in words. */
function lines(words: Readonly<Record<number, string>> = {}): string {
  return Array.from({ length: 20 }, (_, index) => `${words[index + 1] ?? index + 1}\n`).join('');
}

describe('what has landed is told as landed', () => {
  it('after a push that was cut off and arrived later, with a rival on top of it', async () => {
    const repo = temporaryRepository({ 'f.txt': lines() });
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'f.txt': lines({ 10: 'ten' }) } });
    foreignPush(repo, 'f.txt', lines({ 12: 'twelve' }));
    const sent = join(repo.folder, 'sent');
    const cutOff = `test -e ${sent} && exit 0; read ref sha rest
      git push -q --no-verify origin $sha:refs/heads/late </dev/null; echo $sha >${sent}; kill -9 $PPID`;
    scriptedCommand(repo.folder, 'pre-push', cutOff);
    const child = startProgram('ralph-integrate', ['run', '--keep-workspaces', '--backoff', '4000'], {
      cwd: repo.root,
      env: {
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'core.hooksPath',
        GIT_CONFIG_VALUE_0: join(repo.folder, 'bin'),
      },
    });
    const transcript = transcriptOf(child);
    let seen = '';
    child.stderr.on('data', (text: string) => (seen += text));
    child.stdin.end(`${line}\n`);
    await waitUntil('the pause begins', () => seen.includes('next try'));
    const commit = readFileSync(sent, 'utf8').trim();
    repo.gitOrigin('update-ref', 'refs/heads/main', commit);
    foreignPush(repo, 'f.txt', lines({ 10: 'TEN', 12: 'twelve' }));
    const end = await transcript;
    expect(end.status).toBe(0);
    expect(types(end)).not.toContain('task.blocked');
    expect(eventOf(end, 'task.completed')).toMatchObject({ commit });
  });

  it('the landed commit is kept under a ref, and the line of a removed workspace is completed by it', async () => {
    const repo = temporaryRepository({ 'f.txt': lines() });
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'f.txt': lines({ 10: 'ten' }) } });
    foreignPush(repo, 'f.txt', lines({ 12: 'twelve' }));
    await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    const commit = repo.gitOrigin('rev-parse', 'main');
    expect(repo.git('rev-parse', LANDED)).toBe(commit);
    foreignPush(repo, 'f.txt', lines({ 10: 'TEN', 12: 'twelve' }));
    rmSync(workspace, { recursive: true });
    const again = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(again.status).toBe(0);
    expect(eventOf(again, 'task.completed')).toMatchObject({ commit, push_attempts: 0 });
  });

  it('unrecorded, and leaves its workspace on its own commits, though it stood behind one that is red', async () => {
    const repo = temporaryRepository();
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    const commit = repo.gitOrigin('rev-parse', 'main');
    repo.git('update-ref', '-d', LANDED);
    const red = finishedAttempt(repo, 'T-2', { files: { 'red.txt': 'red\n' } });
    // Red once the other one stands on it.
    const gate = `test ! -e red.txt || { until test -e ${workspace}/red.txt; do sleep 0.05; done; exit 1; }`;
    const again = await runProgram('ralph-integrate', [...RUN, '--landing', 'train', '--ci', gate], {
      cwd: repo.root,
      stdin: `${red.line}\n${line}\n`,
    });
    expect(eventOf(again, 'task.completed')).toMatchObject({ task_id: 'T-1', commit });
    expect(repo.git('-C', workspace, 'rev-parse', 'HEAD')).toBe(repo.git('rev-parse', 'refs/ralph/attempts/T-1/1'));
  });

  it('a landing whose workspace is gone is not told as failed while the remote cannot be asked', async () => {
    const repo = temporaryRepository();
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    rmSync(workspace, { recursive: true });
    renameSync(repo.origin, `${repo.origin}.away`);
    const blind = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(types(blind)).not.toContain('task.failed');
    expect(eventOf(blind, 'task.blocked')).toMatchObject({
      code: 'push_auth',
      next_command: expect.stringContaining('ralph-integrate one T-1 ') as string,
    });
    renameSync(`${repo.origin}.away`, repo.origin);
    const again = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(eventOf(again, 'task.completed')).toMatchObject({ push_attempts: 0 });
  });

  it('`one` finds what has landed by its name alone, also when its workspace was removed', async () => {
    const repo = temporaryRepository();
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    rmSync(workspace, { recursive: true });
    const again = await runProgram('ralph-integrate', ['one', 'T-1'], { cwd: repo.root });
    expect(again.status).toBe(0);
    expect(eventOf(again, 'task.completed')).toMatchObject({ push_attempts: 0 });
  });

  it('a landing that somebody has taken back is no landing', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    repo.gitOrigin('update-ref', 'refs/heads/main', repo.gitOrigin('rev-parse', 'main~1'));
    const again = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(eventOf(again, 'task.completed')).toMatchObject({ push_attempts: 1 });
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('a');
  });
});

describe('an attempt that did nothing is never told as landed', () => {
  it('when its workspace is gone', async () => {
    const repo = temporaryRepository();
    const { line, workspace, base } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    repo.git('update-ref', 'refs/ralph/attempts/T-1/1', base);
    rmSync(workspace, { recursive: true });
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(1);
    expect(eventOf(end, 'task.failed')).toMatchObject({ code: 'workspace_missing' });
  });

  it('when its workspace is there', async () => {
    const repo = temporaryRepository();
    const { line, workspace, base, git } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    repo.git('update-ref', 'refs/ralph/attempts/T-1/1', base);
    git('reset', '-q', '--hard', base);
    writeFileSync(join(workspace, 'untracked.txt'), 'x');
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(1);
    expect(eventOf(end, 'task.failed')).toMatchObject({ code: 'no_changes' });
    expect(existsSync(join(workspace, 'untracked.txt'))).toBe(true);
  });
});
