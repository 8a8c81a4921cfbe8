import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identityOf } from '@ralph/protocol/process/process-identity';
import { errorRecord, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { eventOf } from './finished-attempt.ts';
import { counter, gateEvents, gateWords, judged, workOf } from './gate-run.ts';

const LOGS = '.ralph/logs/parallel';

describe('several gates', () => {
  it('judge in order, each with a log of its own, and count as one run of CI', async () => {
    const repo = temporaryRepository();
    const order = join(repo.folder, 'order');
    const gate = (name: string) => `echo ${name} | tee -a ${order}; echo changed >README.md`;
    const args = ['--gate', `lint=${gate('lint')}`, '--ci', gate('ci'), '--gate', `types=${gate('types')}`];
    const end = await judged(repo, workOf(repo), args);
    expect(end.status).toBe(0);
    expect(readFileSync(order, 'utf8')).toBe('ci\nlint\ntypes\n');
    expect(gateWords(end)).toEqual([
      'started ci',
      'passed ci',
      'started lint',
      'passed lint',
      'started types',
      'passed types',
    ]);
    expect(eventOf(end, 'task.completed')).toMatchObject({ ci_runs: 1 });
    expect(repo.gitOrigin('show', 'main:README.md')).toBe('# test');
    const logs = ['T-1.1.ci.log', 'T-1.1.ci.lint.log', 'T-1.1.ci.types.log'].map((name) => join(repo.root, LOGS, name));
    expect(logs.map((path) => readFileSync(path, 'utf8'))).toEqual(['ci\n', 'lint\n', 'types\n']);
    expect(logs.map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
  });

  it('end with the first red one, which says what it was, with its real exit code', async () => {
    const repo = temporaryRepository();
    const { command, count } = counter(repo);
    const { workspace } = workOf(repo);
    const args = ['--ci', 'true', '--gate', 'lint=echo bad; exit 7', '--gate', `types=${command}`];
    const one = ['one', 'T-1', '--workspace', workspace, '--attempt', '1'];
    const end = await runProgram('ralph-integrate', [...one, ...args], { cwd: repo.root });
    const log_path = join(repo.root, LOGS, 'T-1.1.ci.lint.log');
    expect(gateWords(end)).toEqual(['started ci', 'passed ci', 'started lint', 'failed lint red']);
    const red = { exit_code: 7, signal: null, timed_out: false, log_path, tail: 'bad\n' };
    expect(gateEvents(end).at(-1)).toMatchObject(red);
    expect(errorRecord(end.stderr)).toMatchObject({
      code: 'ci_failed',
      message: 'the gate lint ended with status 7: bad',
      details: { log_path, exit_code: 7, signal: null, command: 'echo bad; exit 7', gate: 'lint' },
    });
    expect(count()).toBe(0);
    const again = String(eventOf(end, 'task.blocked')['land_command']);
    expect(again).toContain(`--ci true --gate 'lint=echo bad; exit 7' --gate 'types=${command}'`);
    expect(eventOf(end, 'task.blocked')['next_command']).toMatch(/&& sh -c 'echo bad; exit 7'$/);
  });

  it('tell the signal that ended them', async () => {
    const repo = temporaryRepository();
    const end = await judged(repo, workOf(repo), ['--ci', 'kill -SEGV $$']);
    expect(eventOf(end, 'ci.failed')).toMatchObject({ exit_code: null, signal: 'SIGSEGV', cause: 'red' });
    expect(eventOf(end, 'task.blocked')).toMatchObject({ code: 'ci_failed', reason: 'the gate ended with SIGSEGV' });
  });

  it('have limits of their own, at which the whole tree is ended', async () => {
    const repo = temporaryRepository();
    const slow = `slow=setsid sh -c 'echo $$ >${repo.folder}/pid; exec sleep 600' & wait`;
    const end = await judged(repo, workOf(repo), ['--ci', 'sleep 1', '--gate', slow, '--gate-timeout', 'slow=0.5']);
    expect(gateWords(end)).toEqual(['started ci', 'passed ci', 'started slow', 'failed slow timeout']);
    expect(eventOf(end, 'task.blocked')).toMatchObject({
      code: 'ci_timeout',
      reason: 'the gate slow was ended at its time limit of 0.5 s',
    });
    expect(identityOf(Number(readFileSync(join(repo.folder, 'pid'), 'utf8')))).toBeUndefined();
  });
});

describe('gates side by side', () => {
  it('run at the same time', async () => {
    const repo = temporaryRepository();
    const meets = (mine: string, other: string) =>
      `>${repo.folder}/${mine}; until test -e ${repo.folder}/${other}; do sleep 0.05; done`;
    const args = ['--gates-at-once', '--gate', `a=${meets('x', 'y')}`, '--gate', `b=${meets('y', 'x')}`];
    const end = await judged(repo, workOf(repo), args);
    expect(end.status).toBe(0);
    expect(gateWords(end).slice(0, 2)).toEqual(['started a', 'started b']);
    expect(gateWords(end).slice(2).toSorted()).toEqual(['passed a', 'passed b']);
    expect(eventOf(end, 'task.completed')).toMatchObject({ ci_runs: 1 });
  });

  it('a red one ends the others with all that they have started, and is the one that is told', async () => {
    const repo = temporaryRepository();
    const pid = join(repo.folder, 'pid');
    const long = `long=setsid sh -c 'echo $$ >${pid}.new; mv ${pid}.new ${pid}; exec sleep 600' & wait`;
    const red = `red=until test -e ${pid}; do sleep 0.05; done; exit 3`;
    const end = await judged(repo, workOf(repo), ['--gates-at-once', '--gate', long, '--gate', red]);
    expect(gateWords(end)).toEqual(['started long', 'started red', 'failed red red']);
    expect(eventOf(end, 'task.blocked')).toMatchObject({ reason: 'the gate red ended with status 3' });
    expect(identityOf(Number(readFileSync(pid, 'utf8')))).toBeUndefined();
    expect(existsSync(join(repo.root, '.ralph/cache/parallel/agents/T-1.gate'))).toBe(false);
  });

  it('a flaky one is run again alone, when the others have ended', async () => {
    const repo = temporaryRepository();
    const first = join(repo.folder, 'first');
    const flaky = `flaky=test -e ${first} || { >${first}; exit 1; }`;
    const other = `other=until test -e ${first}; do sleep 0.05; done; echo done`;
    const args = ['--gates-at-once', '--flaky-retry', '--gate', flaky, '--gate', other];
    const end = await judged(repo, workOf(repo), args);
    expect(end.status).toBe(0);
    expect(gateWords(end)).toEqual(['started flaky', 'started other', 'passed other', 'passed flaky flaky']);
    expect(eventOf(end, 'task.completed')).toMatchObject({ ci_runs: 2 });
  });
});

it('a gate that floods does not fill the disk: the end of what it said is kept', async () => {
  const repo = temporaryRepository();
  const path = join(repo.root, LOGS, 'T-1.1.ci.log');
  // It goes on when its log has been cut, since what comes in that instant is lost. The first line behind what was lost is
  // not shown: it may be the rest of one with a secret.
  const isCut = `test "$(wc -c <${path})" -lt 100000`;
  const flooding = `until test -e ${path}.1; do yes ${'x'.repeat(99)} | head -c 200000; sleep 0.05; done`;
  const flood = `${flooding}; until ${isCut}; do sleep 0.05; done; echo on; echo the end; exit 1`;
  const end = await judged(repo, workOf(repo), ['--ci', flood, '--ci-log-limit', '100K']);
  expect(String(eventOf(end, 'ci.failed')['tail'])).toMatch(/x{99}\n(?:.*\n)*the end\n$/);
  expect(statSync(path).size).toBeLessThanOrEqual(400_000);
  expect(readFileSync(`${path}.1`, 'utf8')).toMatch(/^\[ralph: \d+ bytes of older output were dropped\]/);
});
