import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import {
  errorRecord,
  records,
  runProgram,
  startProgram,
  transcriptOf,
} from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { hold, isLocked, lockFile, recordIn, startWaiter } from './holders.ts';

describe('ralph-lock hold', () => {
  it.each([
    ['the end of stdin', '', 0],
    ['an end line', '{"type":"end"}\n', 0],
  ])('says lock.acquired, holds until %s, and says lock.released', async (_, last, expected) => {
    const { root } = temporaryRepository();
    const child = startProgram('ralph-lock', ['hold', '--prompt', 'p'], { cwd: root });
    const transcript = transcriptOf(child);
    await waitUntil('the lock', () => isLocked(root));
    if (last === '') child.stdin.end();
    else child.stdin.write(last);
    const { status: code, stdout } = await transcript;
    expect(records(stdout)).toMatchObject([
      { v: 1, type: 'lock.acquired', path: lockFile(root), holder: { pid: child.pid, prompt: 'p', state: 'held' } },
      { v: 1, type: 'lock.released', path: lockFile(root) },
    ]);
    expect([code, isLocked(root), recordIn(root)['state']]).toEqual([expected, false, 'released']);
  });

  it('takes the end of stdin on a leash for the death of its parent, and releases', async () => {
    const { root } = temporaryRepository();
    const holder = await hold(root, '--leash');
    holder.stdin.end();
    const [code] = (await once(holder, 'close')) as [number];
    expect([code, isLocked(root)]).toEqual([143, false]);
  });

  it('says lock.busy with the holder and ends with 75', async () => {
    const { root } = temporaryRepository();
    const holder = await hold(root);
    const { status: code, stdout } = await runProgram('ralph-lock', ['hold'], { cwd: root });
    expect([code, records(stdout)]).toMatchObject([75, [{ type: 'lock.busy', holder: { pid: holder.pid } }]]);
  });

  it('does not wait for the end of its stdin when it is refused', async () => {
    const { root } = temporaryRepository();
    await hold(root);
    const refused = startProgram('ralph-lock', ['hold'], { cwd: root });
    expect(await transcriptOf(refused)).toMatchObject({ status: 75 });
  });

  it('gives up its wait when whoever waits through it goes away or writes nonsense', async () => {
    const { root } = temporaryRepository();
    await hold(root);
    const left = await startWaiter(root, ['hold', '--wait']);
    left.stdin.end();
    expect(await transcriptOf(left)).toMatchObject({ status: 4, stdout: '' });
    const torn = await startWaiter(root, ['hold', '--wait']);
    torn.stdin.end('{torn\n');
    expect(await transcriptOf(torn)).toMatchObject({ status: 65, stdout: '' });
  });

  it('releases when the reader of its stdout has gone and it is told to stop', async () => {
    const { root } = temporaryRepository();
    const holder = await hold(root);
    holder.stdout.destroy();
    holder.stdin.end();
    await once(holder, 'close');
    expect([isLocked(root), recordIn(root)['state']]).toEqual([false, 'released']);
  });

  it('refuses a malformed line by its number and releases', async () => {
    const { root } = temporaryRepository();
    const child = startProgram('ralph-lock', ['hold'], { cwd: root });
    const transcript = transcriptOf(child);
    await waitUntil('the lock', () => isLocked(root));
    child.stdin.end('\n{torn\n');
    const { status: code, stderr } = await transcript;
    expect([code, errorRecord(stderr)]).toMatchObject([65, { code: 'bad_line', details: { line: 2 } }]);
    expect(isLocked(root)).toBe(false);
  });
});
