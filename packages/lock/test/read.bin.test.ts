import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { errorRecord, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { FOREIGN_CONTENTS, ralphCoreRecord, writeLockFile } from './foreign-holders.ts';
import { hold } from './holders.ts';

describe('ralph-lock read', () => {
  it('prints the last record, held or not', async () => {
    const { root } = temporaryRepository();
    const holder = await hold(root, '--prompt', 'p');
    const read = async () => JSON.parse((await runProgram('ralph-lock', ['read'], { cwd: root })).stdout) as unknown;
    expect(await read()).toMatchObject({ pid: holder.pid, prompt: 'p', state: 'held' });
    holder.stdin.end();
    await once(holder, 'close');
    expect(await read()).toMatchObject({ pid: holder.pid, prompt: 'p', state: 'released' });
  });

  it('prints a record of ralph-core as it is', async () => {
    const { root } = temporaryRepository();
    writeLockFile(root, ralphCoreRecord(7));
    const { status, stdout } = await runProgram('ralph-lock', ['read'], { cwd: root });
    expect([status, JSON.parse(stdout)]).toEqual([0, JSON.parse(ralphCoreRecord(7))]);
  });

  it('prints the record of the named lock', async () => {
    const { root } = temporaryRepository();
    await hold(root, '--name', 'deploy', '--prompt', 'ship');
    const { stdout } = await runProgram('ralph-lock', ['read', '--name', 'deploy', '--format', 'json'], { cwd: root });
    expect(JSON.parse(stdout)).toMatchObject({ prompt: 'ship' });
  });

  it('ends with 6 where there is no lock file', async () => {
    const { root } = temporaryRepository();
    const { status, stdout, stderr } = await runProgram('ralph-lock', ['read'], { cwd: root });
    expect([status, stdout, errorRecord(stderr)['code']]).toEqual([6, '', 'record_not_found']);
  });

  it.each(FOREIGN_CONTENTS)('ends with 6 where the file holds %s', async (_, content) => {
    const { root } = temporaryRepository();
    writeLockFile(root, content);
    const { status, stdout, stderr } = await runProgram('ralph-lock', ['read'], { cwd: root });
    expect([status, stdout, errorRecord(stderr)['code']]).toEqual([6, '', 'record_not_found']);
  });
});
