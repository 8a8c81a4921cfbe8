import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { runProgram, startProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { bootId } from '@ralph/protocol/process/process-identity';
import { pidNamespace } from '@ralph/protocol/process/pid-namespace';
import { holdAsForeigner, ralphCoreRecord, writeLockFile } from './foreign-holders.ts';
import { hold, status } from './holders.ts';

/** A record of this toolbox, complete, of a process that began at another time than it says. */
function reusedRecord(): string {
  return JSON.stringify({
    pid: process.pid,
    started: '2026-01-01T00:00:00.000Z',
    prompt: 'somebody before',
    state: 'held',
    start_time: '1',
    boot_id: bootId(),
    pid_namespace: pidNamespace(),
  });
}

const RECORDS = [
  ['0', ralphCoreRecord(0)],
  ['-1', ralphCoreRecord(-1)],
  ['1', ralphCoreRecord(1)],
  ['4294967295', ralphCoreRecord(4294967295)],
  ['of a living stranger', ralphCoreRecord(process.pid)],
  ['reused', reusedRecord()],
] as const;

describe.each(RECORDS)('a pid in the record (%s)', (_, record) => {
  it('is neither taken for the holder nor signalled', async () => {
    const { root } = temporaryRepository();
    writeLockFile(root, record);
    expect(await status(root)).toMatchObject({ locked: false, holder: null });
    const foreigner = await holdAsForeigner(root, 'flock -x FILE COMMAND');
    expect(await status(root)).toMatchObject({ locked: true, holder: null });
    expect(await runProgram('ralph-lock', ['run', '--wait=0', '--', 'true'], { cwd: root })).toMatchObject({
      status: 75,
    });
    expect(foreigner.exitCode).toBeNull();
    foreigner.stdin.end();
    await once(foreigner, 'close');
    expect(await runProgram('ralph-lock', ['run', '--', 'true'], { cwd: root })).toMatchObject({ status: 0 });
  });
});

describe('the record of a holder that was killed', () => {
  it('is not taken for the next one, who writes none', async () => {
    const { root } = temporaryRepository();
    const holder = await hold(root);
    holder.kill('SIGKILL');
    await once(holder, 'close');
    expect(await status(root)).toMatchObject({ locked: false, holder: null });
    await holdAsForeigner(root, 'flock on a descriptor of the shell');
    expect(await status(root)).toMatchObject({ locked: true, holder: null });
  });

  it('is not taken for a living process that holds another lock', async () => {
    const { root } = temporaryRepository();
    const living = startProgram('ralph-lock', ['hold', '--name', 'other'], { cwd: root });
    const [said] = (await once(living.stdout, 'data')) as [Buffer];
    const { holder } = JSON.parse(String(said)) as { holder: object };
    writeLockFile(root, JSON.stringify(holder));
    await holdAsForeigner(root, 'flock -x FILE COMMAND');
    expect(await status(root)).toMatchObject({ locked: true, holder: null });
  });
});
