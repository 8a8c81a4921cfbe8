import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, closeSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readProcStat } from '../../src/process/process-identity.ts';
import { signalProcess } from '../../src/process/process-list.ts';
import { ProcessTrees, type ProcessTree } from '../../src/process/process-tree.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';
import { waitUntil } from '../../src/testing/wait-until.ts';
import { bundledScript } from '../bundled-script.ts';

/** A process that carries nothing of us in its environment and has a session of its own. */
const BARE = `env -i PATH="$PATH" setsid sh -c 'echo $$ > bare; exec sleep 300' & while [ ! -s bare ]; do sleep 0.01; done`;

function isLiving(pid: number): boolean {
  const state = readProcStat(pid)?.state;
  return state !== undefined && state !== 'Z' && state !== 'X';
}

async function pidIn(path: string): Promise<number> {
  await waitUntil(path, () => existsSync(path) && readFileSync(path, 'utf8').trim() !== '');
  const pid = Number(readFileSync(path, 'utf8'));
  onTestFinished(() => signalProcess(pid, 'SIGKILL'));
  return pid;
}

async function start(trees: ProcessTrees, cwd: string, command: readonly string[]): Promise<ProcessTree> {
  onTestFinished(() => trees.endAll());
  const out = openSync('/dev/null', 'w');
  onTestFinished(() => closeSync(out));
  const tree = await trees.start({
    command,
    cwd,
    folder: cwd,
    env: process.env,
    stdin: 'ignore',
    stdout: out,
    stderr: out,
  });
  tree.release();
  return tree;
}

describe('a tree with a folder of its own', () => {
  it('ends a process in the folder that has cleared its environment and left the session', async () => {
    const folder = temporaryFolder();
    const tree = await start(new ProcessTrees(), folder, ['sh', '-c', `${BARE}; sleep 300`]);
    const bare = await pidIn(join(folder, 'bare'));
    await tree.end('timeout');
    expect(isLiving(bare)).toBe(false);
  });

  it('leaves alone what a person has started in the folder meanwhile', async () => {
    const folder = temporaryFolder();
    const tree = await start(new ProcessTrees(), folder, ['sleep', '300']);
    const persons = `DISPLAY=:0 setsid sh -c 'echo $$ > editor; exec sleep 300' &`;
    spawn('sh', ['-c', persons], { cwd: folder, stdio: 'ignore' });
    const editor = await pidIn(join(folder, 'editor'));
    await tree.end('timeout');
    expect(isLiving(editor)).toBe(true);
  });

  it('ends one whose folder was removed', async () => {
    const folder = join(temporaryFolder(), 'work');
    mkdirSync(folder);
    const body = `mkdir below; cd below; ${BARE}; mv bare ../../bare; cd ..; rm -r below; sleep 300`;
    const tree = await start(new ProcessTrees(), folder, ['sh', '-c', body]);
    const bare = await pidIn(join(folder, '../bare'));
    await waitUntil('the removal', () => !existsSync(join(folder, 'below')));
    await tree.end('timeout');
    expect(isLiving(bare)).toBe(false);
  });

  it('leaves alone what was in the folder before it, and a folder with a longer name', async () => {
    const folder = join(temporaryFolder(), 'work');
    mkdirSync(`${folder}-more`, { recursive: true });
    mkdirSync(folder);
    const others = [folder, `${folder}-more`].map((cwd) => spawn('sleep', ['300'], { cwd }));
    onTestFinished(() => others.forEach((other) => other.kill('SIGKILL')));
    await waitUntil('a later tick of the clock', () => Date.now() % 100 < 20);
    const tree = await start(new ProcessTrees(), folder, ['sh', '-c', 'cd ../work-more && sleep 300 & sleep 0.05']);
    await tree.finished;
    expect(others.map((other) => isLiving(other.pid ?? 0))).toEqual([true, true]);
  });
});

describe('a process that is killed with SIGKILL', () => {
  it.each([
    ['a command that has cleared its environment', `exec env -i PATH="$PATH" sh -c 'echo $$ > bare; exec sleep 300'`],
    ['a stray in its folder that has done so', `${BARE}; sleep 300`],
  ])('takes with it %s', async (_, body) => {
    const folder = temporaryFolder();
    const script = spawn(
      process.execPath,
      [bundledScript('process/script-process-tree'), 'release', 'sh', '-c', body],
      { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] },
    );
    onTestFinished(() => void script.kill('SIGKILL'));
    await once(script.stdout, 'data');
    const bare = await pidIn(join(folder, 'bare'));
    script.kill('SIGKILL');
    await waitUntil('its end', () => !isLiving(bare));
    expect(isLiving(bare)).toBe(false);
  });
});

it('a tree holds the trees that a program in it has started', async () => {
  const folder = temporaryFolder();
  const body = 'echo $$ > bare; trap "" INT TERM; while :; do sleep 0.1; done';
  const inner = [process.execPath, bundledScript('process/script-process-tree'), 'release', 'sh', '-c', body];
  const out = openSync('/dev/null', 'w');
  onTestFinished(() => closeSync(out));
  const trees = new ProcessTrees();
  onTestFinished(() => trees.endAll());
  const tree = await trees.start({
    command: ['sh', '-c', 'tail -f /dev/null | "$@"', 'sh', ...inner],
    cwd: folder,
    env: process.env,
    stdin: 'ignore',
    stdout: out,
    stderr: out,
  });
  tree.release();
  const bare = await pidIn(join(folder, 'bare'));
  await tree.end('cancelled');
  expect(isLiving(bare)).toBe(false);
});
