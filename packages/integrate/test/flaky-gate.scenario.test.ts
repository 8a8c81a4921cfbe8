import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, runProgram, startProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { eventOf, foreignPush, types } from './finished-attempt.ts';
import { counter, gateEvents, gateWords, judged, refusingRepository, RUN, workOf } from './gate-run.ts';

describe('a red gate with --flaky-retry', () => {
  it('that is green the second time has passed, is told as flaky, and is so remembered', async () => {
    const repo = refusingRepository();
    const first = join(repo.folder, 'first');
    const gate = `echo run; test "$(cat README.md)" = '# test' || exit 9; echo changed >README.md; test -e ${first} || { >${first}; exit 1; }`;
    const args = ['--flaky-retry', '--ci', gate];
    const end = await judged(repo, workOf(repo), args);
    expect(gateWords(end)).toEqual(['started', 'passed flaky']);
    expect(eventOf(end, 'task.blocked')).toMatchObject({ code: 'push_denied' });
    const log = join(repo.root, '.ralph/logs/parallel/T-1.1.ci.log');
    expect([readFileSync(log, 'utf8'), readFileSync(`${log}.first`, 'utf8')]).toEqual(['run\n', 'run\n']);
    expect(gateWords(await judged(repo, workOf(repo, 'T-2'), args))).toEqual(['passed cached flaky']);
  });

  it('that is red twice is red when what the work stands on is green, which is not asked twice', async () => {
    const repo = temporaryRepository();
    const { command, count } = counter(repo);
    const gate = `${command}; ! test -e a.txt`;
    foreignPush(repo, 'b.txt', 'b\n');
    const end = await judged(repo, workOf(repo), ['--flaky-retry', '--ci', gate]);
    expect(gateWords(end)).toEqual(['started', 'failed red']);
    expect(eventOf(end, 'task.blocked')).toMatchObject({ code: 'ci_failed' });
    expect(count()).toBe(3);
    await judged(repo, workOf(repo, 'T-2'), ['--flaky-retry', '--ci', gate]);
    expect(count()).toBe(5);
  });

  it('that is red without the work too is told as already red, with what to look at', async () => {
    const repo = temporaryRepository();
    const { workspace, git, head } = workOf(repo);
    const onto = foreignPush(repo, 'b.txt', 'b\n');
    const gate = `git log -1 --format=%s; echo dirty >README.md; ! test -e b.txt`;
    const one = ['one', 'T-1', '--workspace', workspace, '--attempt', '1', '--flaky-retry', '--ci', gate];
    const end = await runProgram('ralph-integrate', one, { cwd: repo.root });
    expect(end.status).toBe(1);
    expect(gateWords(end)).toEqual(['started', 'failed already_red']);
    expect(gateEvents(end)[1]).toMatchObject({ exit_code: 1, tail: 'T-1: work\n' });
    const log = join(repo.root, '.ralph/logs/parallel/T-1.1.ci.log');
    expect(errorRecord(end.stderr)).toMatchObject({
      code: 'target_red',
      message: `the gate ended with status 1, and fails on ${onto.slice(0, 10)} without this work too: T-1: work`,
      hint: expect.stringContaining(`tail -n 50 ${log}.base`),
      details: { base_commit: onto, log_path: log },
    });
    expect(readFileSync(`${log}.base`, 'utf8')).toBe('rival: b.txt\n');
    expect(git('rev-parse', 'HEAD')).toBe(head);
    expect(git('status', '--porcelain', '--untracked-files=no')).toBe('');
  });

  it('that ran into its limit is not run again', async () => {
    const repo = temporaryRepository();
    const { command, count } = counter(repo);
    const args = ['--flaky-retry', '--ci-timeout', '2', '--ci', `${command}; sleep 600`];
    expect(gateWords(await judged(repo, workOf(repo), args))).toEqual(['started', 'failed timeout']);
    expect(count()).toBe(1);
  });

  it('killed while it judges what the work stands on: the same line lands afterwards', async () => {
    const repo = temporaryRepository();
    const { line } = workOf(repo);
    foreignPush(repo, 'b.txt', 'b\n');
    const there = join(repo.folder, 'there');
    const child = startProgram(
      'ralph-integrate',
      [...RUN, '--flaky-retry', '--ci', `test -e a.txt && exit 1; >${there}; sleep 600`],
      { cwd: repo.root },
    );
    child.stdin.write(`${line}\n`);
    await waitUntil('the gate on the base', () => existsSync(there));
    child.kill('SIGKILL');
    await waitUntil('the end', () => child.signalCode !== null);
    const again = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(again.status).toBe(0);
    expect(types(again)).not.toContain('work.salvaged');
    expect(repo.gitOrigin('log', '--format=%s', 'main').split('\n')).toEqual(['T-1: work', 'rival: b.txt', 'start']);
  });
});
