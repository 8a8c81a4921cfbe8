import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isFailure } from '../../src/contract/failure.ts';
import { readProcStat } from '../../src/process/process-identity.ts';
import { ProcessTrees, type ProcessTree } from '../../src/process/process-tree.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';
import { waitUntil } from '../../src/testing/wait-until.ts';
import { bundledScript } from '../bundled-script.ts';

/** A shell that leaves a child, a child in a session of its own and one without a parent, each with its pid in a file. */
const FAMILY = `
(echo $$ > leader; exec sleep 300) & echo $! > child
setsid sh -c 'echo $$ > setsid; exec sleep 300' &
(setsid sh -c 'echo $$ > orphan; exec sleep 300' &)
while [ ! -s setsid ] || [ ! -s orphan ] || [ ! -s child ]; do sleep 0.01; done
echo up > ready
`;

const MEMBERS = ['child', 'setsid', 'orphan'];

function isLiving(pid: number): boolean {
  const state = readProcStat(pid)?.state;
  return state !== undefined && state !== 'Z' && state !== 'X';
}

function pidIn(folder: string, name: string): number {
  return Number(readFileSync(join(folder, name), 'utf8'));
}

function livingMembers(folder: string): string[] {
  return MEMBERS.filter((name) => isLiving(pidIn(folder, name)));
}

function pidsOfChildren(): number[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return pids.filter((pid) => readProcStat(pid)?.parent === process.pid);
}

function commandLine(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
}

function newTrees(): ProcessTrees {
  const trees = new ProcessTrees();
  onTestFinished(() => trees.endAll());
  return trees;
}

async function start(trees: ProcessTrees, folder: string, body: string): Promise<ProcessTree> {
  const out = openSync(join(folder, 'out'), 'a');
  onTestFinished(() => closeSync(out));
  const command = ['sh', '-c', body];
  return trees.start({ command, cwd: folder, env: process.env, stdin: 'ignore', stdout: out, stderr: out });
}

async function startScript(
  folder: string,
  when: 'release' | 'hold',
  body: string,
): Promise<{ script: ChildProcess; pid: number }> {
  const script = spawn(process.execPath, [bundledScript('process/script-process-tree'), when, 'sh', '-c', body], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void script.kill('SIGKILL'));
  const [pid] = (await once(script.stdout, 'data')) as [Buffer];
  return { script, pid: Number(String(pid)) };
}

describe('ProcessTrees', () => {
  it('runs nothing of the command before it is released', async () => {
    const folder = temporaryFolder();
    const tree = await start(newTrees(), folder, 'echo ran > ran; exit 7');
    expect(isLiving(tree.pid)).toBe(true);
    expect(tree.identity).toMatchObject({ pid: tree.pid, start_time: readProcStat(tree.pid)?.startTime });
    expect(existsSync(join(folder, 'ran'))).toBe(false);
    tree.release();
    expect(await tree.finished).toEqual({ exitCode: 7, signal: null, cause: 'exited' });
    expect(existsSync(join(folder, 'ran'))).toBe(true);
  });

  it('puts the tree into a session of its own and its output into the file', async () => {
    const folder = temporaryFolder();
    const tree = await start(
      newTrees(),
      folder,
      'echo out; echo err >&2; cut -d" " -f6 /proc/$$/stat; [ -e /proc/$$/fd/3 ] && echo leak',
    );
    tree.release();
    await tree.finished;
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe(`out\nerr\n${tree.pid}\n`);
  });

  it('ends children, children in other sessions and orphans of a command that ran on', async () => {
    const folder = temporaryFolder();
    const tree = await start(newTrees(), folder, `${FAMILY} sleep 300`);
    tree.release();
    await waitUntil('the family', () => existsSync(join(folder, 'ready')));
    expect(livingMembers(folder)).toEqual(MEMBERS);
    await tree.end('timeout');
    expect(livingMembers(folder)).toEqual([]);
    expect(await tree.finished).toMatchObject({ signal: 'SIGINT', cause: 'timeout' });
  });

  it('ends what a command leaves behind when it exits by itself', async () => {
    const folder = temporaryFolder();
    const tree = await start(newTrees(), folder, FAMILY);
    tree.release();
    expect(await tree.finished).toEqual({ exitCode: 0, signal: null, cause: 'exited' });
    expect(livingMembers(folder)).toEqual([]);
  });

  it('lets a command end in order, and kills one that does not within the grace', async () => {
    const folder = temporaryFolder();
    const trees = newTrees();
    const orderly = await start(
      trees,
      folder,
      'trap "echo bye > bye; exit 3" INT; echo > ready-1; while :; do sleep 0.01; done',
    );
    const deaf = await start(trees, folder, 'trap "" INT TERM HUP; echo > ready-2; while :; do sleep 0.01; done');
    orderly.release();
    deaf.release();
    await waitUntil('both', () => existsSync(join(folder, 'ready-1')) && existsSync(join(folder, 'ready-2')));
    await trees.endAll();
    expect(existsSync(join(folder, 'bye'))).toBe(true);
    expect(await orderly.finished).toEqual({ exitCode: 3, signal: null, cause: 'cancelled' });
    expect(await deaf.finished).toEqual({ exitCode: null, signal: 'SIGKILL', cause: 'cancelled' });
  });

  it('names the first cause of an end', async () => {
    const tree = await start(newTrees(), temporaryFolder(), 'sleep 300');
    tree.release();
    await Promise.all([tree.end('timeout'), tree.end('cancelled')]);
    expect((await tree.finished).cause).toBe('timeout');
  });

  it('kills everything at once when asked to', async () => {
    const folder = temporaryFolder();
    const trees = newTrees();
    const tree = await start(trees, folder, `trap "" INT; ${FAMILY} sleep 300`);
    tree.release();
    await waitUntil('the family', () => existsSync(join(folder, 'ready')));
    trees.killAll();
    await waitUntil('their end', () => livingMembers(folder).length === 0);
    expect(await tree.finished).toMatchObject({ signal: 'SIGKILL' });
  });

  it('fails with words when the process cannot be started', async () => {
    const cwd = join(temporaryFolder(), 'gone');
    const options = { command: ['true'], cwd, env: process.env, stdin: 'ignore', stdout: 1, stderr: 2 } as const;
    const error: unknown = await newTrees()
      .start(options)
      .catch((thrown: unknown) => thrown);
    expect(isFailure(error) && [error.code, error.message]).toEqual(['io', 'cannot start a process: ENOENT']);
  });

  it('leaves no watcher behind when it ends in order', async () => {
    const watchers = () => pidsOfChildren().filter((pid) => commandLine(pid).includes('ralph-orphan-watcher'));
    const trees = newTrees();
    const tree = await start(trees, temporaryFolder(), 'true');
    expect(watchers()).toHaveLength(1);
    tree.release();
    await tree.finished;
    await trees.endAll();
    await waitUntil('the end of the watcher', () => watchers().length === 0);
    expect(watchers()).toEqual([]);
  });
});

describe('a process that is killed with SIGKILL', () => {
  it('takes its tree with it, the deaf and the strayed included', async () => {
    const folder = temporaryFolder();
    const { script, pid } = await startScript(
      folder,
      'release',
      `trap "" INT TERM HUP; ${FAMILY} while :; do sleep 1; done`,
    );
    await waitUntil('the family', () => existsSync(join(folder, 'ready')));
    script.kill('SIGKILL');
    await waitUntil('the end of the tree', () => !isLiving(pid) && livingMembers(folder).length === 0);
    expect(livingMembers(folder)).toEqual([]);
  });

  it('has run nothing of a command that it had not released', async () => {
    const folder = temporaryFolder();
    const { script, pid } = await startScript(folder, 'hold', 'echo ran > ran');
    expect(isLiving(pid)).toBe(true);
    script.kill('SIGKILL');
    await waitUntil('the end of the gate', () => !isLiving(pid));
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });
});
