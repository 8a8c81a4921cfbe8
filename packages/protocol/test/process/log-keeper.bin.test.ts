import { appendFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { KeptLog } from '../../src/process/kept-log.ts';
import { LogKeeper, type LogDuties } from '../../src/process/log-keeper.ts';

const NOTHING: LogDuties = { report: () => Promise.resolve(), idleMs: undefined, onIdle: () => {} };

function keptLog(): { log: KeptLog; path: string } {
  const path = join(temporaryFolder(), 'log');
  const log = new KeptLog(path, 100);
  onTestFinished(() => log.close());
  return { log, path };
}

describe('LogKeeper', () => {
  it('reports growth, and moves what is too long away, of several logs', async () => {
    const keeper = new LogKeeper();
    const logs = [keptLog(), keptLog()];
    const reported: number[] = [];
    const ends = logs.map(({ log }) =>
      keeper.watch(log, {
        ...NOTHING,
        report: () => {
          reported.push(log.bytes);
          return Promise.resolve();
        },
      }),
    );
    for (const { path } of logs) appendFileSync(path, 'x'.repeat(101));
    await waitUntil('the logs to be cut', () => logs.every(({ path }) => statSync(path).size === 0));
    await waitUntil('the reports', () => reported.length === 2);
    await Promise.all(ends.map((end) => end()));
    expect(reported).toEqual([101, 101]);
  });

  it('takes a last look when it ends', async () => {
    const { log, path } = keptLog();
    const end = new LogKeeper().watch(log, NOTHING);
    appendFileSync(path, 'x'.repeat(101));
    await end();
    expect(statSync(path).size).toBe(0);
    expect(log.bytes).toBe(101);
  });

  it('tells once that an agent is idle, and is not kept by a report that nobody takes', async () => {
    const { log, path } = keptLog();
    let idle = 0;
    const duties = { ...NOTHING, idleMs: 2100, report: () => new Promise<void>(() => {}), onIdle: () => (idle += 1) };
    void new LogKeeper().watch(log, duties);
    appendFileSync(path, 'x');
    await waitUntil('the agent to be idle', () => idle > 0);
    expect(idle).toBe(1);
  });
});
