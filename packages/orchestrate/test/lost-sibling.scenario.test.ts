import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errorRecord, runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { leftovers, processesOf } from './support/leftovers.ts';

/** Returns the pid of a program that a process has started. */
function childNamed(parent: number, name: string): number | undefined {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.map(Number).find((pid) => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ');
      return Number(fields?.[1]) === parent && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(name);
    } catch {
      return false;
    }
  });
}

it.each(['ralph-worker', 'ralph-integrate', 'ralph-state', 'ralph-lock'])(
  'a run whose %s is killed ends at once, says so, leaves nothing running, and the next run lands everything',
  async (name) => {
    const repository = temporaryRepository();
    const { root, folder } = repository;
    repository.queue([queueTask('RQ-0001'), queueTask('RQ-0002')]);
    const hold = join(folder, 'hold');
    writeFileSync(hold, '');
    const agent = scriptedCommand(
      folder,
      'agent',
      `touch "${folder}/started.$RALPH_TASK_ID"
       while [ -e "${hold}" ]; do sleep 0.05; done
       echo x > "$RALPH_TASK_ID.txt"`,
    );
    const child = startProgram('ralph-orchestrate', ['run', '--', agent], { cwd: root });
    const ended = transcriptOf(child);
    await waitUntil('both agents run', () =>
      ['RQ-0001', 'RQ-0002'].every((id) => existsSync(join(folder, `started.${id}`))),
    );
    const sibling = childNamed(child.pid ?? 0, `${name}.cjs`);
    expect(sibling).toBeDefined();
    if (sibling === undefined) throw new Error('there is no such sibling');
    process.kill(sibling, 'SIGKILL');
    const { status, stderr } = await ended;
    expect({ status, code: errorRecord(stderr)['code'] }).toEqual({ status: 70, code: 'sibling_failed' });
    expect(stderr).toContain(name);
    await waitUntil('nothing of the run is alive', () => processesOf(folder).length === 0);
    rmSync(hold);
    expect(await runProgram('ralph-orchestrate', ['run', '--', agent], { cwd: root })).toMatchObject({ status: 0 });
    expect(repository.gitOrigin('ls-tree', '--name-only', 'main').split('\n')).toEqual([
      'README.md',
      'RQ-0001.txt',
      'RQ-0002.txt',
    ]);
    expect(leftovers(repository)).toEqual([]);
  },
);
