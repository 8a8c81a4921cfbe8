import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nameOfGroup } from '../../src/process/cgroup-place.ts';
import { identityOf, readProcStat } from '../../src/process/process-identity.ts';
import { signalProcess } from '../../src/process/process-list.ts';
import { ProcessTrees, type ProcessTree } from '../../src/process/process-tree.ts';
import { controlGroupFolder } from '../../src/testing/control-groups.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';
import { waitUntil } from '../../src/testing/wait-until.ts';
import { bundledScript } from '../bundled-script.ts';

const groups = controlGroupFolder();

/** What is left carries nothing of the tree: no mark, session, group, parent or folder. */
const fled = (path: string) =>
  `(cd /; env -i PATH="$PATH" setsid sh -c 'echo $$ > ${path}; trap "" INT TERM; while :; do sleep 0.1; done' &)`;

function isLiving(pid: number): boolean {
  return identityOf(pid) !== undefined;
}

async function pidIn(path: string): Promise<number> {
  await waitUntil(path, () => existsSync(path) && readFileSync(path, 'utf8').trim() !== '');
  const pid = Number(readFileSync(path, 'utf8'));
  onTestFinished(() => signalProcess(pid, 'SIGKILL'));
  return pid;
}

async function start(trees: ProcessTrees, body: string): Promise<ProcessTree> {
  onTestFinished(() => trees.endAll());
  const out = openSync('/dev/null', 'w');
  onTestFinished(() => closeSync(out));
  const streams = { stdin: 'ignore', stdout: out, stderr: out } as const;
  return trees.start({ command: ['sh', '-c', body], cwd: temporaryFolder(), env: process.env, ...streams });
}

function groupsOf(pid: number): string[] {
  return readdirSync(groups ?? '').filter((name) => name.startsWith(`ralph-${pid}-`));
}

// Needs the hierarchy of version 2, and the right to make groups in it.
describe.skipIf(groups === undefined)('a tree in a control group (skipped where none can be made)', () => {
  it('ends a process that has fled from its session, its environment, its folder and its parents', async () => {
    const path = join(temporaryFolder(), 'fled');
    const tree = await start(new ProcessTrees(), `${fled(path)}; sleep 300`);
    tree.release();
    const pid = await pidIn(path);
    await tree.end('timeout');
    expect(isLiving(pid)).toBe(false);
    expect(tree.isGone).toBe(true);
  });

  it('ends it also when the command has exited by itself, and at once when killed', async () => {
    const folder = temporaryFolder();
    const trees = new ProcessTrees();
    const done = await start(trees, `${fled(join(folder, 'one'))}; while [ ! -s ${folder}/one ]; do sleep 0.01; done`);
    const long = await start(trees, `${fled(join(folder, 'two'))}; sleep 300`);
    done.release();
    long.release();
    const [one, two] = await Promise.all([pidIn(join(folder, 'one')), pidIn(join(folder, 'two'))]);
    expect(await done.finished).toMatchObject({ exitCode: 0 });
    expect([one, two].map(isLiving)).toEqual([false, true]);
    trees.killAll();
    await waitUntil('its end', () => !isLiving(two));
    await long.finished;
  });

  it('leaves no group behind', async () => {
    const trees = new ProcessTrees();
    const tree = await start(trees, 'exit 0');
    expect(readdirSync(join(groups ?? '', groupsOf(process.pid)[0] ?? '')).join(' ')).toContain(
      tree.signs.mark.split('.')[1] ?? '?',
    );
    tree.release();
    await tree.finished;
    await trees.endAll();
    expect(groupsOf(process.pid)).toEqual([]);
  });

  it('sweeps what a killed process has left beside it, and nothing of a living one', async () => {
    const { pid } = spawnSync('true');
    const [dead, living] = [
      nameOfGroup(pid, '1', 'a'.repeat(16)),
      nameOfGroup(1, readProcStat(1)?.startTime ?? '', 'b'.repeat(16)),
    ].map((name) => join(groups ?? '', name));
    for (const folder of [join(dead ?? '', '00000000'), living ?? '']) {
      mkdirSync(folder, { recursive: true });
      onTestFinished(() => void spawnSync('rmdir', [folder]));
    }
    await start(new ProcessTrees(), 'exit 0');
    expect([dead, living].map((folder) => existsSync(folder ?? ''))).toEqual([false, true]);
  });

  it('is ended by the watcher, and its group removed, when its owner is killed with SIGKILL', async () => {
    const path = join(temporaryFolder(), 'fled');
    const script = spawn(
      process.execPath,
      [bundledScript('process/script-process-tree'), 'release', 'sh', '-c', `${fled(path)}; sleep 300`],
      { cwd: temporaryFolder(), stdio: ['pipe', 'pipe', 'inherit'] },
    );
    onTestFinished(() => void script.kill('SIGKILL'));
    await once(script.stdout, 'data');
    const pid = await pidIn(path);
    expect(groupsOf(script.pid ?? 0)).toHaveLength(1);
    script.kill('SIGKILL');
    await waitUntil('its end', () => !isLiving(pid));
    await waitUntil('the end of its group', () => groupsOf(script.pid ?? 0).length === 0);
    expect(groupsOf(script.pid ?? 0)).toEqual([]);
  });
});
