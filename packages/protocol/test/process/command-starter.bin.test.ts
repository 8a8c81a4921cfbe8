import { readdirSync, readlinkSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CommandShell, type ShellCommand } from '../../src/process/command-shell.ts';
import { readProcStat } from '../../src/process/process-identity.ts';
import { environmentOf, livingProcesses, signalProcess } from '../../src/process/process-list.ts';
import { waitUntil } from '../../src/testing/wait-until.ts';

const MARK = 'RALPH_TEST_SHELL=yes';
const PLAIN = { cwd: '/', env: {}, input: undefined, limitMs: 20_000, signal: undefined };

function shellLine(line: string): ShellCommand {
  return { ...PLAIN, command: ['sh', '-c', line] };
}

async function openShell(): Promise<CommandShell> {
  const shell = await CommandShell.open({ PATH: process.env['PATH'], RALPH_TEST_SHELL: 'yes' });
  if (shell === undefined) throw new Error('no shell');
  return shell;
}

function marked(): number[] {
  return [...livingProcesses()].flatMap(({ pid }) => (environmentOf(pid).includes(MARK) ? [pid] : []));
}

// Needs files without a name, which only Linux opens again.
it.skipIf(process.platform !== 'linux')('runs commands side by side, and ends when it is closed', async () => {
  const shell = await openShell();
  const ends = await Promise.all(['1', '2', '3'].map((one) => shell.run(shellLine(`echo ${one}; exit ${one}`))));
  expect(ends.map(({ stdout, exitCode }) => [stdout, exitCode])).toEqual([
    ['1\n', 1],
    ['2\n', 2],
    ['3\n', 3],
  ]);
  shell.close();
  await waitUntil('its end', () => marked().length === 0);
  expect(shell.isUsable).toBe(false);
});

// Needs files without a name, which only Linux opens again.
it.skipIf(process.platform !== 'linux')('waits for what it has started', async () => {
  const shell = await openShell();
  const [pid = 0] = marked();
  for (let count = 0; count < 20; count += 1) await shell.run(shellLine('exit 0'));
  // What ended after the last look is waited for at the next.
  expect(deadChildrenOf(pid)).toBeLessThan(4);
  shell.close();
});

// Needs files without a name, which only Linux opens again.
it.skipIf(process.platform !== 'linux')('says that a signal ended a command', async () => {
  const shell = await openShell();
  expect((await shell.run(shellLine('kill -9 $$'))).exitCode).toBeNull();
  shell.close();
});

// Needs files without a name, which only Linux opens again.
it.skipIf(process.platform !== 'linux')(
  'says so of what runs when it is killed itself, and can be used no more',
  async () => {
    const shell = await openShell();
    const running = shell.run(shellLine('echo begun; exec sleep 1000'));
    await waitUntil('the command', () => marked().length > 2);
    for (const pid of marked()) signalProcess(pid, 'SIGKILL');
    expect((await running).exitCode).toBeNull();
    expect(shell.isUsable).toBe(false);
    expect((await shell.run(shellLine('exit 0'))).exitCode).toBeNull();
    shell.close();
  },
);

// Needs files without a name, which only Linux opens again.
it.skipIf(process.platform !== 'linux')('loses nothing of what runs when it alone is killed', async () => {
  const shell = await openShell();
  const [main = 0] = marked();
  const running = shell.run(shellLine(`while kill -0 ${main} 2>/dev/null; do sleep 0.02; done; echo done`));
  await waitUntil('the command', () => marked().length > 2);
  signalProcess(main, 'SIGKILL');
  expect(await running).toMatchObject({ stdout: 'done\n', exitCode: 0 });
  expect(shell.isUsable).toBe(false);
  shell.close();
});

// Needs files without a name, which only Linux opens again.
it.skipIf(process.platform !== 'linux')('gives a command up of which nobody tells the end any more', async () => {
  const shell = await openShell();
  const [main = 0] = marked();
  const stop = new AbortController();
  const running = shell.run({ ...shellLine('trap "" TERM; while :; do sleep 0.1; done'), signal: stop.signal });
  await waitUntil('the command', () => marked().length > 2);
  const around = await waitUntil('the shell around it', () => childrenOf(main)[0]);
  signalProcess(around, 'SIGKILL');
  stop.abort();
  expect((await running).exitCode).toBeNull();
  shell.close();
  await waitUntil('its end', () => marked().length === 0);
});

// Needs files without a name, which only Linux opens again.
it.skipIf(process.platform !== 'linux')('is given up when it has been stopped, and starts nothing later', async () => {
  const shell = await openShell();
  const [main = 0] = marked();
  signalProcess(main, 'SIGSTOP');
  expect((await shell.run({ ...shellLine('exit 0'), limitMs: 50 })).exitCode).toBeNull();
  expect(shell.isUsable).toBe(false);
  await waitUntil('its end', () => marked().length === 0);
  shell.close();
});

// Needs files without a name, which only Linux opens again.
it.skipIf(process.platform !== 'linux')('leaves no file and no descriptor behind', async () => {
  const descriptors = () =>
    readdirSync('/proc/self/fd').filter((one) => linkOf(one).includes(`.ralph-${process.pid}-`));
  const shell = await openShell();
  await shell.run({ ...shellLine('cat'), input: 'x' });
  expect(descriptors().length).toBeGreaterThan(0);
  shell.close();
  expect(descriptors()).toEqual([]);
  expect(readdirSync('/dev/shm').filter((name) => name.startsWith(`.ralph-${process.pid}-`))).toEqual([]);
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
