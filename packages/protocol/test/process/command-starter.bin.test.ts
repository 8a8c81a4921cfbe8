import { existsSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CommandStarter } from '../../src/process/command-starter.ts';
import { programOnPath } from '../../src/process/find-executable.ts';
import { readProcStat } from '../../src/process/process-identity.ts';
import { environmentOf, livingProcesses, signalProcess } from '../../src/process/process-list.ts';
import { STARTER_BY_PERL } from '../../src/process/starter-by-perl.ts';
import { STARTER_BY_SHELL } from '../../src/process/starter-by-shell.ts';
import type { StarterCommand, StarterKind } from '../../src/process/starter-kind.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';
import { waitUntil } from '../../src/testing/wait-until.ts';

const MARK = 'RALPH_TEST_STARTER=yes';
const PLAIN = { cwd: '/', env: {}, input: undefined, limitMs: 20_000, signal: undefined };
const KINDS = [
  { by: 'perl', kind: STARTER_BY_PERL },
  { by: 'a shell', kind: STARTER_BY_SHELL },
];

function shellLine(line: string): StarterCommand {
  return { ...PLAIN, command: ['sh', '-c', line] };
}

/** Opens a starter of a kind, and tells which process it is. */
async function openStarter(kind: StarterKind, more: Readonly<Record<string, string>> = {}) {
  const before = new Set(childrenOf(process.pid));
  const env = { PATH: process.env['PATH'], RALPH_TEST_STARTER: 'yes', ...more };
  const starter = await CommandStarter.open(env, [kind]);
  const main = childrenOf(process.pid).find((pid) => !before.has(pid));
  if (starter === undefined || main === undefined) throw new Error('no starter');
  return { starter, main };
}

/** The processes of commands, and of what a starter puts around them. */
function others(main: number): number[] {
  return [...livingProcesses()].flatMap(({ pid }) => (pid !== main && environmentOf(pid).includes(MARK) ? [pid] : []));
}

// Needs files without a name, which only Linux opens again.
describe.skipIf(process.platform !== 'linux').each(KINDS)('started by $by', ({ kind }) => {
  it('commands run side by side; it ends when it is closed', async () => {
    const { starter, main } = await openStarter(kind);
    const ends = await Promise.all(['1', '2', '3'].map((one) => starter.run(shellLine(`echo ${one}; exit ${one}`))));
    expect(ends.map(({ stdout, exitCode }) => [stdout, exitCode])).toEqual([
      ['1\n', 1],
      ['2\n', 2],
      ['3\n', 3],
    ]);
    starter.close();
    await waitUntil('its end', () => !childrenOf(process.pid).includes(main));
    expect(starter.isUsable).toBe(false);
  });

  it('a command gets its folder, its words, its input and both environments as they are', async () => {
    const { starter } = await openStarter(kind);
    const words = ['', 'two words', "a 'quote'", '\n', '$HOME', 'ü✓', '-x', '*'];
    const script = 'pwd; cat; printf "[%s]" "$RALPH_TEST_STARTER" "$ONE" "$@"; echo words >&2';
    const end = await starter.run({
      ...PLAIN,
      cwd: '/dev',
      env: { ONE: "a=b\n'c'" },
      input: 'line\n',
      command: ['sh', '-c', script, 'sh', ...words],
    });
    const told = ['yes', "a=b\n'c'", ...words].map((word) => `[${word}]`).join('');
    expect(end).toEqual({ stdout: `/dev\nline\n${told}`, stderr: 'words\n', exitCode: 0 });
    starter.close();
  });

  it('what cannot be started says why', async () => {
    const { starter } = await openStarter(kind);
    const { exitCode, stderr } = await starter.run({ ...PLAIN, command: ['true', 'x'.repeat(1 << 18)] });
    expect([126, 127]).toContain(exitCode);
    expect(stderr).toContain('Argument list too long');
    starter.close();
  });

  it('carries our own marks, by which it is found with us where we run for an agent', async () => {
    const marks = { RALPH_TREE: '0123456789abcdef.01234567', RALPH_WORKSPACE: '/nowhere' };
    const { starter, main } = await openStarter(kind, marks);
    expect(environmentOf(main)).toEqual(expect.arrayContaining(Object.entries(marks).map((pair) => pair.join('='))));
    starter.close();
  });

  it('one that has been stopped is ended when it is closed', async () => {
    const { starter, main } = await openStarter(kind);
    signalProcess(main, 'SIGSTOP');
    starter.close();
    await waitUntil('its end', () => !childrenOf(process.pid).includes(main));
    expect(starter.isUsable).toBe(false);
  });

  it('a command leads a group of its own, and has no terminal', async () => {
    const { starter } = await openStarter(kind);
    const { stdout } = await starter.run(shellLine('echo $$; cut -d " " -f 5,7 /proc/$$/stat'));
    const [pid, fields] = stdout.trim().split('\n');
    expect(fields).toBe(`${pid} 0`);
    starter.close();
  });

  it('what is not there and where nobody can go are told as a shell tells it', async () => {
    const { starter } = await openStarter(kind);
    expect((await starter.run({ ...PLAIN, command: ['ralph-no-such-program'] })).exitCode).toBe(127);
    expect((await starter.run({ ...shellLine('exit 0'), cwd: '/nowhere' })).exitCode).toBe(125);
    starter.close();
  });

  it('many at a time and one after the other all end', async () => {
    const { starter } = await openStarter(kind);
    const lines = Array.from({ length: 20 }, (_, index) => index);
    for (let round = 0; round < 10; round += 1) {
      const ends = await Promise.all(lines.map((status) => starter.run(shellLine(`exit ${status}`))));
      expect(ends.map(({ exitCode }) => exitCode)).toEqual(lines);
    }
    starter.close();
  });

  it('what it has started is waited for', async () => {
    const { starter, main } = await openStarter(kind);
    for (let count = 0; count < 20; count += 1) await starter.run(shellLine('exit 0'));
    // What ended after the last look is waited for at the next.
    expect(deadChildrenOf(main)).toBeLessThan(4);
    starter.close();
  });

  it('a signal that ended a command is told', async () => {
    const { starter } = await openStarter(kind);
    expect((await starter.run(shellLine('kill -9 $$'))).exitCode).toBeNull();
    expect((await starter.run(shellLine('kill -1 $$'))).exitCode).not.toBe(0);
    starter.close();
  });

  it('when all is killed, it says so of what runs, and can be used no more', async () => {
    const { starter, main } = await openStarter(kind);
    const running = starter.run(shellLine('echo begun; exec sleep 1000'));
    await waitUntil('the command', () => others(main).length > 0);
    for (const pid of [main, ...others(main)]) signalProcess(pid, 'SIGKILL');
    expect((await running).exitCode).toBeNull();
    expect(starter.isUsable).toBe(false);
    expect((await starter.run(shellLine('exit 0'))).exitCode).toBeNull();
    starter.close();
  });

  it('stopped, it is given up, and starts nothing later', async () => {
    const { starter, main } = await openStarter(kind);
    const made = join(temporaryFolder(), 'made');
    signalProcess(main, 'SIGSTOP');
    expect((await starter.run({ ...shellLine(`touch ${made}`), limitMs: 50 })).exitCode).toBeNull();
    expect(starter.isUsable).toBe(false);
    await waitUntil('its end', () => !childrenOf(process.pid).includes(main));
    expect(existsSync(made)).toBe(false);
    starter.close();
  });

  it('leaves no file and no descriptor behind', async () => {
    const descriptors = () =>
      readdirSync('/proc/self/fd').filter((one) => linkOf(one).includes(`.ralph-${process.pid}-`));
    const { starter } = await openStarter(kind);
    await starter.run({ ...shellLine('cat'), input: 'x' });
    expect(descriptors().length).toBeGreaterThan(0);
    starter.close();
    expect(descriptors()).toEqual([]);
    expect(readdirSync('/dev/shm').filter((name) => name.startsWith(`.ralph-${process.pid}-`))).toEqual([]);
  });
});

// Needs files without a name, which only Linux opens again.
describe.skipIf(process.platform !== 'linux')('when the starter alone is killed', () => {
  it('by perl: what runs is ended and told as cut off, so that nobody works beside it', async () => {
    const { starter, main } = await openStarter(STARTER_BY_PERL);
    const running = starter.run(shellLine('trap "" TERM; while :; do sleep 0.1; done'));
    await waitUntil('the command', () => others(main).length > 0);
    signalProcess(main, 'SIGKILL');
    expect((await running).exitCode).toBeNull();
    expect(starter.isUsable).toBe(false);
    await waitUntil('its end', () => others(main).length === 0);
    starter.close();
  });

  it('by perl: right after it has forked, too, before it can say so', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { starter, main } = await openStarter(STARTER_BY_PERL);
      const running = starter.run(shellLine('exec sleep 1000'));
      // Looked at without a pause: whatever is told after the fork would else be told by then.
      while (readFileSync(`/proc/${main}/task/${main}/children`, 'latin1') === '');
      signalProcess(main, 'SIGKILL');
      expect((await running).exitCode).toBeNull();
      await waitUntil('its end', () => others(main).length === 0);
      starter.close();
    }
  });

  it('by a shell: nothing is lost of what runs', async () => {
    const { starter, main } = await openStarter(STARTER_BY_SHELL);
    const running = starter.run(shellLine(`while kill -0 ${main} 2>/dev/null; do sleep 0.02; done; echo done`));
    await waitUntil('the command', () => others(main).length > 1);
    signalProcess(main, 'SIGKILL');
    expect(await running).toMatchObject({ stdout: 'done\n', exitCode: 0 });
    expect(starter.isUsable).toBe(false);
    starter.close();
  });

  it('by a shell: a command of which nobody tells the end any more is given up', async () => {
    const { starter, main } = await openStarter(STARTER_BY_SHELL);
    const stop = new AbortController();
    const running = starter.run({ ...shellLine('trap "" TERM; while :; do sleep 0.1; done'), signal: stop.signal });
    await waitUntil('the command', () => others(main).length > 1);
    const around = await waitUntil('the shell around it', () => childrenOf(main)[0]);
    signalProcess(around, 'SIGKILL');
    stop.abort();
    expect((await running).exitCode).toBeNull();
    starter.close();
    await waitUntil('its end', () => others(main).length === 0);
  });
});

// Needs files without a name, which only Linux opens again.
it.skipIf(process.platform !== 'linux')('where there is no perl, a shell starts the commands', async () => {
  const folder = temporaryFolder();
  const names = ['sh', 'setsid', 'cat'];
  for (const name of names) symlinkSync(String(programOnPath(name)), join(folder, name));
  const starter = await CommandStarter.open({ PATH: folder });
  expect(await starter?.run(shellLine('echo here'))).toMatchObject({ stdout: 'here\n', exitCode: 0 });
  starter?.close();
});

function deadChildrenOf(parent: number): number {
  const all = readdirSync('/proc').flatMap((name) => readProcStat(Number(name)) ?? []);
  return all.filter((stat) => stat.state === 'Z' && stat.parent === parent).length;
}

function childrenOf(parent: number): number[] {
  return [...livingProcesses()].flatMap(({ pid, stat }) => (stat.parent === parent ? [pid] : []));
}

function linkOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return '';
  }
}
