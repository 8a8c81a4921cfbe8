import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  errorRecord,
  records,
  runProgram,
  startProgram,
  transcriptOf,
} from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { leftovers, processesOf } from './support/leftovers.ts';
import { recordsOnDisk } from './support/state.ts';

/** An agent that writes a file and then, as long as `hold` stands in the test's folder, does not end. */
function repositoryWithSlowAgent(): { repository: TestRepository; agent: string; hold: string } {
  const repository = temporaryRepository();
  repository.queue([queueTask('RQ-0001'), queueTask('RQ-0002')]);
  const hold = join(repository.folder, 'hold');
  const agent = scriptedCommand(
    repository.folder,
    'agent',
    `echo half > "$RALPH_TASK_ID.txt"
     touch "${repository.folder}/started.$RALPH_TASK_ID"
     while [ -e "${hold}" ]; do sleep 0.05; done
     echo done >> "$RALPH_TASK_ID.txt"`,
  );
  return { repository, agent, hold };
}

function bothStarted({ folder }: TestRepository): boolean {
  return ['RQ-0001', 'RQ-0002'].every((id) => existsSync(join(folder, `started.${id}`)));
}

describe('ralph-orchestrate run, interrupted', () => {
  it.each(['run', 'doctor'])(
    'by SIGTERM while the remote does not answer: %s ends, and leaves no git',
    async (command) => {
      const { repository, agent, hold } = repositoryWithSlowAgent();
      const { root, folder } = repository;
      const asked = join(folder, 'asked');
      writeFileSync(hold, '');
      const ssh = scriptedCommand(
        folder,
        'ssh',
        `touch '${asked}'; while [ -e '${hold}' ]; do sleep 0.05; done; exit 1`,
      );
      repository.git('config', 'core.sshCommand', ssh);
      repository.git('remote', 'set-url', 'origin', 'ssh://nowhere.invalid/repo.git');
      const child = startProgram('ralph-orchestrate', [command, '--', agent], { cwd: root });
      const ended = transcriptOf(child);
      await waitUntil('the remote is asked', () => existsSync(asked));
      child.kill('SIGTERM');
      expect(await ended).toMatchObject({ status: 143 });
      expect(processesOf(folder)).toEqual([]);
    },
  );

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'M35: by %s: ends its agents, keeps their work, frees the lock',
    async (signal) => {
      const { repository, agent, hold } = repositoryWithSlowAgent();
      writeFileSync(hold, '');
      const child = startProgram('ralph-orchestrate', ['run', '--workers', '2', '--', agent], { cwd: repository.root });
      const ended = transcriptOf(child);
      await waitUntil('both agents run', () => bothStarted(repository));
      // Both must be known to the state file before the signal, or there is nothing to say of them afterwards.
      await waitUntil('both are on record', () => recordsOnDisk(repository.root).length === 2);
      child.kill(signal);
      const { status, stdout } = await ended;
      expect(status).toBe({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal]);
      const last = records(stdout).at(-1) as { type: string; outcome: string; failed: string[] };
      expect({ type: last.type, outcome: last.outcome }).toEqual({ type: 'run.finished', outcome: 'interrupted' });
      expect(last.failed.toSorted()).toEqual(['RQ-0001', 'RQ-0002']);
      expect(leftovers(repository)).toEqual([]);
      for (const { task_id: id, lifecycle, error_code: code } of recordsOnDisk(repository.root)) {
        expect({ lifecycle, code }).toEqual({ lifecycle: 'failed', code: 'cancelled' });
        expect(repository.git('show', `refs/ralph/salvage/${id}/1:${id}.txt`)).toBe('half');
      }
      rmSync(hold);
      const again = await runProgram('ralph-orchestrate', ['run', '--workers', '2', '--', agent], {
        cwd: repository.root,
      });
      expect(again.status).toBe(0);
      expect(recordsOnDisk(repository.root).map(({ lifecycle, attempt }) => ({ lifecycle, attempt }))).toEqual([
        { lifecycle: 'completed', attempt: 2 },
        { lifecycle: 'completed', attempt: 2 },
      ]);
    },
  );

  it('by kill -9: no agent lives on, and the next run lands everything', async () => {
    const { repository, agent, hold } = repositoryWithSlowAgent();
    writeFileSync(hold, '');
    const child = startProgram('ralph-orchestrate', ['run', '--workers', '2', '--', agent], { cwd: repository.root });
    const ended = transcriptOf(child);
    await waitUntil('both agents run', () => bothStarted(repository));
    child.kill('SIGKILL');
    await ended;
    await waitUntil('nothing of the run is alive', () => processesOf(repository.folder).length === 0);
    rmSync(hold);
    const again = await runProgram('ralph-orchestrate', ['run', '--workers', '2', '--', agent], {
      cwd: repository.root,
    });
    expect({ status: again.status, stderr: again.stderr }).toMatchObject({ status: 0 });
    expect(repository.gitOrigin('ls-tree', '--name-only', 'main').split('\n')).toEqual([
      'README.md',
      'RQ-0001.txt',
      'RQ-0002.txt',
    ]);
    expect(leftovers(repository)).toEqual([]);
  });

  it('refuses beside a second run, naming the holder, and waits for it when asked to', async () => {
    const { repository, agent, hold } = repositoryWithSlowAgent();
    writeFileSync(hold, '');
    const first = startProgram('ralph-orchestrate', ['run', '--', agent], { cwd: repository.root });
    const firstEnd = transcriptOf(first);
    await waitUntil('the agents run', () => bothStarted(repository));
    const second = await runProgram('ralph-orchestrate', ['run', '--', agent], { cwd: repository.root });
    expect(second.status).toBe(75);
    expect(errorRecord(second.stderr)).toMatchObject({
      code: 'lock_held',
      retryable: true,
      message: expect.stringContaining('ralph-orchestrate run'),
    });
    const third = startProgram('ralph-orchestrate', ['run', '--on-busy', 'wait', '--', agent], {
      cwd: repository.root,
    });
    const thirdEnd = transcriptOf(third);
    rmSync(hold);
    expect((await firstEnd).status).toBe(0);
    expect(await thirdEnd).toMatchObject({ status: 0, stdout: expect.stringContaining('no_candidates') });
  });

  it('gives up its wait for the lock at once on SIGINT', async () => {
    const { repository, agent, hold } = repositoryWithSlowAgent();
    writeFileSync(hold, '');
    const first = startProgram('ralph-orchestrate', ['run', '--', agent], { cwd: repository.root });
    const firstEnd = transcriptOf(first);
    await waitUntil('the agents run', () => bothStarted(repository));
    const waiting = startProgram('ralph-orchestrate', ['run', '--on-busy', 'wait', '--', agent], {
      cwd: repository.root,
    });
    let said = '';
    waiting.stderr.on('data', (text: Buffer) => (said += text.toString()));
    const waitingEnd = transcriptOf(waiting);
    await waitUntil('it waits', () => said.includes('waiting for pid'));
    waiting.kill('SIGINT');
    await waitingEnd;
    expect(waiting.exitCode).toBe(130);
    rmSync(hold);
    expect((await firstEnd).status).toBe(0);
  });
});
