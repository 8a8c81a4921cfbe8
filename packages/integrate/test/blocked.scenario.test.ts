import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blockedMarker } from '@ralph/protocol/contract/blocked-marker';
import { identityOf } from '@ralph/protocol/process/process-identity';
import { errorRecord, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { runGit, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { eventOf, finishedAttempt, foreignPush, types, type FinishedAttempt } from './finished-attempt.ts';
import { handoffsIn } from './remedy-run.ts';

const RUN = ['run', '--keep-workspaces', '--backoff', '1'] as const;

function markerOf(workspace: string) {
  return blockedMarker.parse(
    JSON.parse(readFileSync(join(workspace, '.ralph/cache/parallel/blocked_push.json'), 'utf8')),
  );
}

function installHook(repo: TestRepository, name: string, body: string): void {
  scriptedCommand(repo.folder, name, body);
  runGit(repo.origin, ['config', 'core.hooksPath', join(repo.folder, 'bin')]);
}

function expectOnOwnCommits({ git, head }: FinishedAttempt): void {
  expect(git('rev-parse', 'HEAD')).toBe(head);
  expect(git('symbolic-ref', 'HEAD')).toBe('refs/heads/main');
  expect(git('status', '--porcelain', '--untracked-files=no')).toBe('');
  expect(existsSync(git('rev-parse', '--git-path', 'rebase-merge'))).toBe(false);
}

describe('ralph-integrate run keeps what cannot land by itself', () => {
  it('a conflict is blocked with the exact files, and the next task lands', async () => {
    const repo = temporaryRepository({ 'with space.txt': 'old\n', 'grün.txt': 'old\n', 'free.txt': 'old\n' });
    const files = { 'with space.txt': 'mine\n', 'grün.txt': 'mine\n', 'free.txt': 'mine\n' };
    const attempt = finishedAttempt(repo, 'T-1', { files });
    const other = finishedAttempt(repo, 'T-2', { files: { 'b.txt': 'b\n' } });
    foreignPush(repo, 'with space.txt', 'theirs\n');
    foreignPush(repo, 'grün.txt', 'theirs\n');
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${attempt.line}\n${other.line}\n` });
    expect(end.status).toBe(2);
    const conflicting = ['grün.txt', 'with space.txt'];
    expect([...(eventOf(end, 'rebase.conflicted')['files'] as string[])].toSorted()).toEqual(conflicting);
    expect(eventOf(end, 'task.blocked')).toMatchObject({
      task_id: 'T-1',
      attempt: 1,
      code: 'conflict',
      attempts: 0,
      workspace_path: attempt.workspace,
      next_command: `cd ${attempt.workspace} && git rebase origin/main`,
    });
    expect(eventOf(end, 'task.completed')).toMatchObject({ task_id: 'T-2' });
    expectOnOwnCommits(attempt);
    const marker = markerOf(attempt.workspace);
    expect(marker).toMatchObject({ task_id: 'T-1', code: 'conflict', attempt: 1, max_attempts: 50 });
    expect([...(marker.conflict_files ?? [])].toSorted()).toEqual(conflicting);
  });

  it('tells no secret of a gate or a hook, to nobody, and keeps the log to the user', async () => {
    const repo = temporaryRepository();
    repo.write('.env', 'SERVICE=grün-und-geheim\n');
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    writeFileSync(join(workspace, '.env.local'), "export OWN='made by the agent'\n");
    const said = ['grün-und-geheim', 'made by the agent', `gh${'p_'}${'a1B2'.repeat(9)}`];
    const ci = `echo 'uses ${said.join(' and ')}'; false`;
    const red = await runProgram('ralph-integrate', [...RUN, '--ci', ci], { cwd: repo.root, stdin: `${line}\n` });
    const uses = 'uses [redacted] and [redacted] and [redacted]';
    expect(eventOf(red, 'ci.failed')).toMatchObject({ tail: `${uses}\n` });
    expect(eventOf(red, 'task.blocked')).toMatchObject({ reason: `the gate ended with status 1: ${uses}` });
    expect(markerOf(workspace).reason).toContain(uses);
    const log = join(repo.root, '.ralph/logs/parallel/T-1.1.ci.log');
    expect(statSync(log).mode & 0o777).toBe(0o600);
    expect(readFileSync(log, 'utf8')).toContain(said[2]);
    installHook(repo, 'pre-receive', `echo 'token=${said[0]}' >&2; exit 1`);
    const refused = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(String(eventOf(refused, 'push.rejected')['message'])).toContain('token=[redacted]');
    const one = await runProgram('ralph-integrate', ['one', 'T-1'], { cwd: repo.root });
    expect(one.stderr).toContain('[redacted]');
    expect(JSON.stringify([refused, one, markerOf(workspace)])).not.toContain(said[0]);
  });

  it('what a person resolves in the blocked workspace lands with the next try', async () => {
    const repo = temporaryRepository({ 'a.txt': 'old\n' });
    const { line, workspace, git, head } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'mine\n' } });
    foreignPush(repo, 'a.txt', 'theirs\n');
    const blocked = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(blocked.status).toBe(3);
    expect(() => git('rebase', 'origin/main')).toThrow(/conflict/i);
    const halfWay = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(eventOf(halfWay, 'task.blocked')).toMatchObject({ code: 'workspace_dirty' });
    writeFileSync(join(workspace, 'a.txt'), 'both\n');
    git('add', 'a.txt');
    git('-c', 'core.editor=true', 'rebase', '--continue');
    const again = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(again.status).toBe(0);
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('both');
    expect(repo.git('rev-parse', 'refs/ralph/attempts/T-1/1')).toBe(repo.gitOrigin('rev-parse', 'main'));
    expect(repo.git('rev-parse', 'refs/ralph/salvage/T-1/1')).toBe(head);
    expect(existsSync(join(workspace, '.ralph/cache/parallel/blocked_push.json'))).toBe(false);
  });

  it('a blocked workspace that a person has put on the target branch is not taken for landed', async () => {
    const repo = temporaryRepository({ 'a.txt': 'old\n' });
    const { line, git, head } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'mine\n' } });
    foreignPush(repo, 'a.txt', 'theirs\n');
    await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    git('reset', '-q', '--hard', 'origin/main');
    const again = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(eventOf(again, 'task.blocked')).toMatchObject({ code: 'conflict' });
    expect(repo.git('rev-parse', 'refs/ralph/attempts/T-1/1')).toBe(head);
  });

  it('a red gate pushes nothing and leaves its last words', async () => {
    const repo = temporaryRepository();
    const attempt = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    foreignPush(repo, 'b.txt', 'b\n');
    const before = repo.gitOrigin('rev-parse', 'main');
    const gate = `yes ö | head -c 20000; echo; echo "3 tests failed in $RALPH_TASK_ID"; echo dirty >README.md; exit 4`;
    const end = await runProgram('ralph-integrate', [...RUN, '--ci', gate], {
      cwd: repo.root,
      stdin: `${attempt.line}\n`,
    });
    expect(end.status).toBe(3);
    const red = eventOf(end, 'ci.failed');
    expect(red).toMatchObject({
      exit_code: 4,
      timed_out: false,
      log_path: join(repo.root, '.ralph/logs/parallel/T-1.1.ci.log'),
    });
    expect(Buffer.byteLength(String(red['tail']))).toBeLessThanOrEqual(4096);
    expect(red['tail']).not.toContain('\uFFFD');
    expect(eventOf(end, 'task.blocked')['reason']).toContain('the gate ended with status 4: 3 tests failed in T-1');
    expect(repo.gitOrigin('rev-parse', 'main')).toBe(before);
    expect(markerOf(attempt.workspace).code).toBe('ci_failed');
    expectOnOwnCommits(attempt);
  });

  it('the gate gets the task in its environment', async () => {
    const repo = temporaryRepository();
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const gate =
      'printf "%s|" "$RALPH_TASK_ID" "$RALPH_ATTEMPT" "$RALPH_WORKSPACE" "$RALPH_TARGET_BRANCH" "$CI" "$GIT_DIR"; exit 1';
    const end = await runProgram('ralph-integrate', [...RUN, '--ci', gate], {
      cwd: repo.root,
      stdin: `${line}\n`,
      env: { GIT_INDEX_FILE: '/x' },
    });
    expect(eventOf(end, 'ci.failed')['tail']).toBe(`T-1|1|${workspace}|main|true||`);
  });

  it('at its time limit the gate is ended with its grandchildren', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const gate = `sh -c 'echo $$ >${repo.folder}/pid; exec sleep 600' & wait`;
    const end = await runProgram('ralph-integrate', [...RUN, '--ci', gate, '--ci-timeout', '2'], {
      cwd: repo.root,
      stdin: `${line}\n`,
    });
    expect(end.status).toBe(3);
    expect(eventOf(end, 'ci.failed')).toMatchObject({ timed_out: true });
    expect(eventOf(end, 'task.blocked')).toMatchObject({ code: 'ci_timeout' });
    const grandchild = Number(readFileSync(join(repo.folder, 'pid'), 'utf8'));
    expect(identityOf(grandchild)).toBeUndefined();
  });

  it('a push that a hook refuses is blocked after one try, in the words of the server', async () => {
    const repo = temporaryRepository();
    installHook(repo, 'pre-receive', 'echo "policy: no pushes on Fridays" >&2; exit 1');
    const attempt = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${attempt.line}\n` });
    expect(end.status).toBe(3);
    expect(eventOf(end, 'push.rejected')).toMatchObject({
      verdict: 'policy',
      message: expect.stringContaining('no pushes on Fridays'),
    });
    expect(eventOf(end, 'task.blocked')).toMatchObject({ code: 'push_denied', attempts: 1 });
    expect(markerOf(attempt.workspace).reason).toContain('no pushes on Fridays');
    expectOnOwnCommits(attempt);
  });

  it('M47: races that never end are blocked after the given number of tries, five of them at once', async () => {
    const repo = temporaryRepository();
    // The server moves the branch while it takes the push, each time.
    installHook(
      repo,
      'update',
      `unset GIT_QUARANTINE_PATH; new=$(git -c user.name=r -c user.email=r@r commit-tree -p "$2" -m rival "$2^{tree}") && git update-ref "$1" "$new"`,
    );
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const end = await runProgram('ralph-integrate', [...RUN, '--max-attempts', '7'], {
      cwd: repo.root,
      stdin: `${line}\n`,
    });
    expect(end.status).toBe(3);
    expect(types(end).filter((type) => type === 'push.rejected')).toHaveLength(7);
    expect(end.stderr.match(/next try in/g)).toHaveLength(1);
    expect(eventOf(end, 'task.blocked')).toMatchObject({ code: 'push_race', attempts: 7 });
    expect(handoffsIn(workspace, 'T-1')).toMatchObject([{ attempt: 1, code: 'push_race', conflict_files: [] }]);
  });

  it('a remote that is gone is blocked, and said to be so', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    repo.git('remote', 'set-url', 'origin', 'git://127.0.0.1:1/gone.git');
    const end = await runProgram('ralph-integrate', [...RUN, '--max-attempts', '3'], {
      cwd: repo.root,
      stdin: `${line}\n`,
    });
    expect(end.status).toBe(3);
    expect(eventOf(end, 'task.blocked')).toMatchObject({ code: 'origin_unreachable', attempts: 0 });
  });

  it('edits that nobody committed are left alone', async () => {
    const repo = temporaryRepository();
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    writeFileSync(join(workspace, 'a.txt'), 'edited\n');
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(eventOf(end, 'task.blocked')).toMatchObject({ code: 'workspace_dirty' });
    expect(readFileSync(join(workspace, 'a.txt'), 'utf8')).toBe('edited\n');
  });

  it('a stale attempt is fenced, its workspace untouched', async () => {
    const repo = temporaryRepository();
    const { line, workspace, git, head } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    repo.git('update-ref', 'refs/ralph/attempts/T-1/2', 'main');
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(1);
    expect(eventOf(end, 'task.failed')).toMatchObject({ code: 'fenced', salvage_ref: 'refs/ralph/attempts/T-1/1' });
    expect(git('rev-parse', 'HEAD')).toBe(head);
    expect(existsSync(join(workspace, '.ralph'))).toBe(false);
    expect(repo.gitOrigin('log', '--format=%s', 'main')).toBe('start');
  });

  it('one: the status is that of the failure', async () => {
    const repo = temporaryRepository();
    const { workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const one = ['one', 'T-1', '--workspace', workspace, '--attempt', '1', '--keep-workspaces'];
    const red = await runProgram('ralph-integrate', [...one, '--ci', 'exit 9'], { cwd: repo.root });
    expect(red.status).toBe(1);
    expect(errorRecord(red.stderr)).toMatchObject({ code: 'ci_failed' });
    const green = await runProgram('ralph-integrate', [...one, '--ci', 'true'], { cwd: repo.root });
    expect(green.status).toBe(0);
    expect(eventOf(green, 'task.completed')).toMatchObject({ commit: repo.gitOrigin('rev-parse', 'main') });
  });
});
