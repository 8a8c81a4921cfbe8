import { openSync, closeSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { target, type AnyTarget } from '@ralph/protocol/testing/fuzz/fuzz-target';
import { hostileJson } from '@ralph/protocol/testing/fuzz/hostile-inputs';
import { sampleNamed } from '@ralph/protocol/testing/fuzz/samples';
import { ownRecord, readRecord } from '../../src/lock-record.ts';
import { overwriteRecord } from '../../src/record-layout.ts';

/** The record of a lock, read and written over: whatever stood there, ours can be read afterwards. 400 runs. */
export function lockTargets(folder: string): AnyTarget[] {
  const path = join(folder, 'loop.lock');
  return [
    target({
      name: 'record of a lock',
      runs: 400,
      inputs: hostileJson([sampleNamed('lock-record'), { pid: 1, started: 'x', prompt: 'p', state: 'held' }]),
      take: (bytes) => {
        writeFileSync(path, bytes);
        const before = readRecord(path);
        const fd = openSync(path, 'r+');
        overwriteRecord(fd, ownRecord({ token: 'abcd', prompt: JSON.stringify(before?.prompt ?? '') }));
        closeSync(fd);
        if (readRecord(path)?.token !== 'abcd')
          throw new Error(`unreadable: ${readFileSync(path, 'utf8').slice(0, 200)}`);
      },
    }),
  ];
}
