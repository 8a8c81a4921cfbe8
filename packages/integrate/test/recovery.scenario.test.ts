import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identityOf } from '@ralph/protocol/process/process-identity';
import { records, runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { runGit, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { eventOf, finishedAttempt, foreignPush, types, type FinishedAttempt } from './finished-attempt.ts';

const RUN = ['run', '--keep-workspaces', '--backoff', '1'] as const;

/** A gate that says its pid and hangs the first time, and passes after that. */
function hangingGate(repo: TestRepository): { readonly command: string; readonly pid: () => Promise<number> } {
  const path = join(repo.folder, 'gate.pid');
  return {
    command: `test -e ${path} || { echo dirty >README.md; echo $$ >${path}.new && mv ${path}.new ${path}; sleep 600; }`,
    pid: () => waitUntil('the gate runs', () => existsSync(path) && Number(readFileSync(path, 'utf8'))),
  };
}

/** Lets a git hang in a workspace as soon as it checks out b.txt, and tells the process group of it. */
function hangingFilter(repo: TestRepository, workspace: string): { readonly group: () => Promise<number> } {
  const started = join(repo.folder, 'group');
  const hang = `awk '{print $5}' /proc/$$/stat >${started}.new && mv ${started}.new ${started}; sleep 600`;
  runGit(workspace, ['config', 'filter.hang.smudge', scriptedCommand(repo.folder, 'hang', hang)]);
  mkdirSync(join(workspace, '.git/info'), { recursive: true });
  writeFileSync(join(workspace, '.git/info/attributes'), 'b.txt filter=hang\n');
  return {
    group: () => waitUntil('the rebase runs', () => existsSync(started) && Number(readFileSync(started, 'utf8'))),
  };
}

/** Begins to land an attempt, and kills all of it while its rebase writes b.txt. */
async function killInRebase(repo: TestRepository, { line, workspace, git }: FinishedAttempt): Promise<void> {
  const { group: told } = hangingFilter(repo, workspace);
  const child = startProgram('ralph-integrate', RUN, { cwd: repo.root });
  child.stdin.write(`${line}\n`);
  const group = await told();
  child.kill('SIGKILL');
  process.kill(-group, 'SIGKILL');
  await gone(group);
  git('config', '--unset', 'filter.hang.smudge');
}

function gone(pid: number): Promise<boolean> {
  return waitUntil(`process ${pid} is gone`, () => identityOf(pid) === undefined);
}

describe('ralph-integrate run after a crash', () => {
  it('killed in the gate: the gate ends, and the same line lands exactly once', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    foreignPush(repo, 'b.txt', 'b\n');
    const gate = hangingGate(repo);
    const child = startProgram('ralph-integrate', [...RUN, '--ci', gate.command], { cwd: repo.root });
    child.stdin.write(`${line}\n`);
    const pid = await gate.pid();
    child.kill('SIGKILL');
    await gone(pid);
    const again = await runProgram('ralph-integrate', [...RUN, '--ci', gate.command], {
      cwd: repo.root,
      stdin: `${line}\n`,
    });
    expect(again.status).toBe(0);
    expect(repo.gitOrigin('log', '--format=%s', 'main').split('\n')).toEqual(['T-1: work', 'rival: b.txt', 'start']);
    // What the gate had done to a tracked file was put aside, not lost and not landed.
    expect(repo.git('show', 'refs/ralph/salvage/T-1/1:README.md')).toBe('dirty');
    expect(repo.gitOrigin('show', 'main:README.md')).toBe('# test');
  });

  it('killed in the train: nothing of it is left once the next one has run, whichever attempt that lands', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { attempt: 2, files: { 'a.txt': 'a\n' } });
    for (const ref of ['T-1/1', 'T-2/1']) repo.git('update-ref', `refs/ralph/train/${ref}`, 'HEAD');
    const { status } = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(status).toBe(0);
    expect(repo.git('for-each-ref', 'refs/ralph/train')).toBe('');
  });

  it('killed in the rebase: it is begun again from the parked commits', async () => {
    const repo = temporaryRepository();
    const attempt = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const { line, workspace, git } = attempt;
    foreignPush(repo, 'b.txt', 'b\n');
    await killInRebase(repo, attempt);
    writeFileSync(join(workspace, '.git/index.lock'), '');
    expect(existsSync(join(workspace, '.git/rebase-merge'))).toBe(true);
    const again = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(again).toMatchObject({ status: 0, stderr: '' });
    expect(repo.gitOrigin('log', '--format=%s', 'main').split('\n')).toEqual(['T-1: work', 'rival: b.txt', 'start']);
    expect(git('symbolic-ref', 'HEAD')).toBe('refs/heads/main');
    expect(git('status', '--porcelain', '--untracked-files=no')).toBe('');
  });

  it('killed in the checkout that a rebase begins with: new files that it has left are not in the way', async () => {
    const repo = temporaryRepository();
    const attempt = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const { line, workspace, git } = attempt;
    for (const name of ['a0.txt', 'b.txt']) foreignPush(repo, name, `${name}\n`);
    writeFileSync(join(workspace, 'mine.txt'), 'mine\n');
    await killInRebase(repo, attempt);
    expect(git('status', '--porcelain').split('\n')).toContain('?? a0.txt');
    const again = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(again).toMatchObject({ status: 0, stderr: '' });
    expect(repo.gitOrigin('log', '-1', '--format=%s', 'main')).toBe('T-1: work');
    expect(git('status', '--porcelain')).toBe('?? mine.txt');
  });

  it('when only its git was killed the work is blocked, in a workspace that a person can work in', async () => {
    const repo = temporaryRepository();
    const { line, workspace, git, head } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    foreignPush(repo, 'b.txt', 'b\n');
    const { group: told } = hangingFilter(repo, workspace);
    const child = startProgram('ralph-integrate', RUN, { cwd: repo.root });
    const ended = transcriptOf(child);
    child.stdin.end(`${line}\n`);
    const group = await told();
    expect(existsSync(join(workspace, '.git/index.lock'))).toBe(true);
    git('config', '--unset', 'filter.hang.smudge');
    process.kill(-group, 'SIGKILL');
    expect(eventOf(await ended, 'task.blocked')).toMatchObject({ code: 'git_failed' });
    expect(existsSync(join(workspace, '.git/index.lock'))).toBe(false);
    expect([git('rev-parse', 'HEAD'), git('symbolic-ref', 'HEAD')]).toEqual([head, 'refs/heads/main']);
    expect(git('status', '--porcelain', '--untracked-files=no')).toBe('');
  });

  it('killed after the push: the same line is completed without a second one', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    foreignPush(repo, 'b.txt', 'b\n');
    const pidFile = join(repo.folder, 'integrate.pid');
    scriptedCommand(repo.folder, 'post-receive', `kill -9 "$(cat ${pidFile})"`);
    runGit(repo.origin, ['config', 'core.hooksPath', join(repo.folder, 'bin')]);
    const child = startProgram('ralph-integrate', RUN, { cwd: repo.root });
    writeFileSync(pidFile, String(child.pid));
    child.stdin.write(`${line}\n`);
    const killed = await transcriptOf(child);
    expect(types(killed)).not.toContain('task.completed');
    const landed = repo.gitOrigin('rev-parse', 'main');
    const again = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(eventOf(again, 'task.completed')).toMatchObject({ commit: landed, push_attempts: 0 });
    expect(repo.gitOrigin('rev-parse', 'main')).toBe(landed);
  });

  it('a push that is cut off after the server took it counts as landed', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    scriptedCommand(repo.folder, 'post-receive', `kill -9 "$(awk '{print $4}' /proc/$PPID/stat)"`);
    runGit(repo.origin, ['config', 'core.hooksPath', join(repo.folder, 'bin')]);
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(0);
    expect(types(end)).not.toContain('push.rejected');
    expect(eventOf(end, 'task.completed')).toMatchObject({
      push_attempts: 1,
      commit: repo.gitOrigin('rev-parse', 'main'),
    });
  });

  it('commits of unknown origin in a workspace are kept under a salvage ref, and only the parked ones land', async () => {
    const repo = temporaryRepository();
    const { line, git } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    git('commit', '-q', '--allow-empty', '-m', 'stray');
    const stray = git('rev-parse', 'HEAD');
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(0);
    expect(eventOf(end, 'work.salvaged')).toMatchObject({ ref: 'refs/ralph/salvage/T-1/1', commit: stray });
    expect(repo.git('rev-parse', 'refs/ralph/salvage/T-1/1')).toBe(stray);
    expect(repo.gitOrigin('log', '--format=%s', 'main').split('\n')).toEqual(['T-1: work', 'start']);
  });

  it('locks that a killed git has left on refs of the main repository are cleared away', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    foreignPush(repo, 'b.txt', 'b\n');
    const refs = ['refs/ralph/attempts/T-1/1', 'refs/ralph/landed/T-1/1', 'refs/remotes/origin/main'];
    const locks = refs.map((ref) => join(repo.root, '.git', `${ref}.lock`));
    for (const path of locks) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, '');
    }
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(locks.filter((path) => existsSync(path))).toEqual([]);
    expect(repo.gitOrigin('log', '--format=%s', 'main').split('\n')).toEqual(['T-1: work', 'rival: b.txt', 'start']);
  });

  it('what is found in the workspace a second time is kept beside what was kept before', async () => {
    const repo = temporaryRepository();
    const { line, git } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    git('commit', '-q', '--allow-empty', '-m', 'stray');
    const first = git('rev-parse', 'HEAD');
    repo.git('fetch', '-q', git('rev-parse', '--show-toplevel'), `${first}:refs/ralph/salvage/T-1/1`);
    git('rm', '-q', 'README.md');
    git('commit', '-q', '--amend', '-m', 'another stray');
    const second = git('rev-parse', 'HEAD');
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(0);
    const kept = String(eventOf(end, 'work.salvaged')['commit']);
    expect(repo.git('rev-parse', 'refs/ralph/salvage/T-1/1')).toBe(kept);
    expect(repo.git('rev-list', kept).split('\n')).toEqual(expect.arrayContaining([first, second]));
    expect(repo.git('ls-tree', '--name-only', kept)).toBe('a.txt');
  });

  it('a workspace that goes away in the gate is not made anew for the reason', async () => {
    const repo = temporaryRepository();
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const args = [...RUN, '--ci', `rm -rf '${workspace}'; exit 1`];
    const { status } = await runProgram('ralph-integrate', args, { cwd: repo.root, stdin: `${line}\n` });
    expect([status, existsSync(workspace)]).toEqual([1, false]);
    expect(repo.git('cat-file', '-t', 'refs/ralph/attempts/T-1/1')).toBe('commit');
  });

  it('a workspace that is gone fails the attempt and names the ref that holds the work', async () => {
    const repo = temporaryRepository();
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    rmSync(workspace, { recursive: true });
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(1);
    expect(eventOf(end, 'task.failed')).toMatchObject({
      code: 'workspace_missing',
      salvage_ref: 'refs/ralph/attempts/T-1/1',
    });
    expect(eventOf(end, 'task.failed')['reason']).toContain('refs/ralph/attempts/T-1/1');
  });

  it('a workspace that is gone because its work has landed is completed again', async () => {
    const repo = temporaryRepository();
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    foreignPush(repo, 'b.txt', 'b\n');
    await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    rmSync(workspace, { recursive: true });
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(0);
    expect(eventOf(end, 'task.completed')).toMatchObject({ commit: repo.gitOrigin('rev-parse', 'main') });
  });
});

describe('ralph-integrate run when told to stop', () => {
  it('SIGTERM ends the gate, says nothing that is not true, and the next run lands the work', async () => {
    const repo = temporaryRepository();
    const first = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const second = finishedAttempt(repo, 'T-2', { files: { 'b.txt': 'b\n' } });
    const gate = hangingGate(repo);
    const child = startProgram('ralph-integrate', [...RUN, '--ci', gate.command], { cwd: repo.root });
    const transcript = transcriptOf(child);
    child.stdin.write(`${first.line}\n${second.line}\n`);
    const pid = await gate.pid();
    child.kill('SIGTERM');
    const end = await transcript;
    expect(end.status).toBe(143);
    expect(identityOf(pid)).toBeUndefined();
    const own = records(end.stdout).filter((event) => event['type'] !== 'agent.finished');
    const begun = ['integrate.started', 'rebase.done', 'ci.started'];
    expect(own.flatMap(({ type, task_id }) => (task_id === 'T-1' ? [type] : []))).toEqual(begun);
    expect(own.filter(({ type }) => !begun.includes(String(type)))).toEqual([]);
    const again = await runProgram('ralph-integrate', [...RUN, '--ci', gate.command], {
      cwd: repo.root,
      stdin: `${first.line}\n${second.line}\n`,
    });
    expect(again.status).toBe(0);
    expect(repo.gitOrigin('log', '--format=%s', 'main').split('\n')).toEqual(['T-2: work', 'T-1: work', 'start']);
  });

  it('on a leash, the end of stdin without an end line stops it', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const gate = hangingGate(repo);
    const child = startProgram('ralph-integrate', [...RUN, '--leash', '--ci', gate.command], { cwd: repo.root });
    const transcript = transcriptOf(child);
    child.stdin.write(`${line}\n`);
    const pid = await gate.pid();
    child.stdin.end();
    expect((await transcript).status).toBe(143);
    expect(identityOf(pid)).toBeUndefined();
  });

  it('a pause between tries ends at once', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    repo.git('remote', 'set-url', 'origin', 'git://127.0.0.1:1/gone.git');
    const child = startProgram('ralph-integrate', ['run', '--backoff', '600000'], { cwd: repo.root });
    const transcript = transcriptOf(child);
    let seen = '';
    child.stderr.on('data', (text: string) => (seen += text));
    child.stdin.write(`${line}\n`);
    await waitUntil('the pause begins', () => seen.includes('next try'));
    child.kill('SIGTERM');
    expect((await transcript).status).toBe(143);
  });
});
