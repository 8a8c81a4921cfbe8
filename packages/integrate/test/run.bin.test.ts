import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { errorRecord, runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { eventOf, finishedAttempt, finishedLine } from './finished-attempt.ts';

const COMMIT = 'a'.repeat(40);

describe('ralph-integrate run as a filter', () => {
  it('passes every line that is not its own byte for byte', async () => {
    const { root } = temporaryRepository();
    const lines = [
      '{"v":1,"type":"agent.progress","at":"2026-01-01T00:00:00Z","task_id":"T-1","attempt":1,"bytes":5,"last_line":"ö"}',
      '{"id":"T-9",   "title":"a task",  "unknown":[1, 2]}',
      '{"type":"of.the.future","x":1e3}',
      '{"v":1,"type":"record.changed","at":"2026-01-01T00:00:00Z","task_id":"A","lifecycle":"failed","before":null,"revision":3,"record":{"task_id":"A"}}',
      '{"type":"workspace.remove","task_id":"T-1"}',
    ];
    const { status, stdout, stderr } = await runProgram('ralph-integrate', ['run'], {
      cwd: root,
      stdin: `${lines.join('\n')}\n`,
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${lines.join('\n')}\n`, stderr: '' });
  });

  it('passes an attempt that is not ready on and leaves it alone', async () => {
    const { root } = temporaryRepository();
    const ready = finishedLine({ id: 'T-1', attempt: 1, workspace: '/nowhere', base: COMMIT, head: COMMIT });
    const lines = [
      ready.replace('"exit_code":0', '"exit_code":3'),
      ready.replace('"commits":1', '"commits":0'),
      ready.replace('"reason":"exited"', '"reason":"timeout"'),
    ];
    const { status, stdout } = await runProgram('ralph-integrate', ['run'], {
      cwd: root,
      stdin: `${lines.join('\n')}\n`,
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${lines.join('\n')}\n` });
  });

  it('answers each line before the next one comes', async () => {
    const { root } = temporaryRepository();
    const child = startProgram('ralph-integrate', ['run'], { cwd: root });
    const transcript = transcriptOf(child);
    for (const line of ['{"type":"x","n":1}\n', '{"type":"x","n":2}\n']) {
      child.stdin.write(line);
      expect((await once(child.stdout, 'data'))[0]).toBe(line);
    }
    child.stdin.end('{"type":"end"}\n');
    expect((await transcript).status).toBe(0);
  });

  it('goes on reading while it integrates', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const go = `${repo.folder}/go`;
    const gate = `until test -e ${go}; do sleep 0.05; done`;
    const child = startProgram('ralph-integrate', ['run', '--keep-workspaces', '--ci', gate], { cwd: repo.root });
    const transcript = transcriptOf(child);
    let seen = '';
    child.stdout.on('data', (text: string) => (seen += text));
    child.stdin.write(`${line}\n`);
    await waitUntil('the gate runs', () => seen.includes('ci.started'));
    child.stdin.end('{"type":"later"}\n');
    await waitUntil('the next line', () => seen.includes('later'));
    repo.write('../go', '');
    const end = await transcript;
    expect(end.status).toBe(0);
    expect(eventOf(end, 'task.completed')).toMatchObject({ task_id: 'T-1' });
  });

  it('names the number of a line that cannot be read, after finishing what came before it', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const go = `${repo.folder}/go`;
    const gate = `until test -e ${go}; do sleep 0.05; done`;
    const child = startProgram('ralph-integrate', ['run', '--keep-workspaces', '--ci', gate], { cwd: repo.root });
    const transcript = transcriptOf(child);
    let seen = '';
    let complaint = '';
    child.stderr.on('data', (text: string) => (complaint += text));
    child.stdout.on('data', (text: string) => (seen += text));
    child.stdin.end(`${line}\n{"type":"agent.finished","task_id":"T-2"}\n`);
    await waitUntil('the gate runs', () => seen.includes('ci.started'));
    expect(complaint).toBe('');
    repo.write('../go', '');
    const end = await transcript;
    expect(end.status).toBe(65);
    expect(errorRecord(end.stderr)).toMatchObject({ code: 'bad_line', details: { line: 2 } });
    expect(eventOf(end, 'task.completed')).toMatchObject({ task_id: 'T-1' });
    const broken = await runProgram('ralph-integrate', ['run'], { cwd: repo.root, stdin: '\n{"type":\n' });
    expect(broken.status).toBe(65);
    expect(errorRecord(broken.stderr)).toMatchObject({ code: 'bad_line', details: { line: 2 } });
  });

  it('an id that would lead out of its folder fails, and touches nothing', async () => {
    const repo = temporaryRepository();
    const line = finishedLine({ id: '../../x', attempt: 1, workspace: '/nowhere', base: COMMIT, head: COMMIT });
    const end = await runProgram('ralph-integrate', ['run'], { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(1);
    expect(eventOf(end, 'task.failed')).toMatchObject({ code: 'task_unsafe_id' });
  });

  it('ends quietly when nobody reads its stdout', async () => {
    const { root } = temporaryRepository();
    const child = startProgram('ralph-integrate', ['run'], { cwd: root });
    const transcript = transcriptOf(child);
    child.stdout.destroy();
    child.stdin.write('{"type":"x"}\n');
    expect(await transcript).toMatchObject({ status: 141, stderr: '' });
  });
});

describe('ralph-integrate refuses to begin', () => {
  it.each([
    ['an attempt that is no number', ['one', 'T-1', '--workspace', 'w', '--attempt', 'abc'], /--attempt "abc"/],
    ['one without a workspace', ['one', 'T-1', '--attempt', '1'], /needs --workspace/],
    ['a pause that is no number', ['run', '--backoff', 'soon'], /--backoff "soon"/],
    ['a misspelt option', ['run', '--cii', 'x'], /did you mean --ci/],
    ['a gate without a command', ['run', '--gate', 'lint='], /no command after "lint="/],
    ['a gate twice', ['run', '--gate', 'lint=a', '--gate', 'lint=b'], /lint occurs twice/],
    ['a limit of no gate', ['run', '--ci', 'a', '--gate-timeout', 'lint=3'], /no such gate: the gates are ci/],
    ['no tries at all', ['run', '--max-attempts', '0'], /at least 1/],
  ])('with %s (64)', async (_, args, words) => {
    const { root } = temporaryRepository();
    const { status, stderr } = await runProgram('ralph-integrate', args, { cwd: root });
    expect(status).toBe(64);
    expect(stderr).toMatch(words);
  });

  it('outside a repository (78)', async () => {
    const end = await runProgram('ralph-integrate', ['run'], { cwd: temporaryFolder() });
    expect(end.status).toBe(78);
    expect(errorRecord(end.stderr)).toMatchObject({ code: 'not_a_repository' });
  });
});
