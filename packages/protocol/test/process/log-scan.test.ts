import { appendFileSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { KeptLog } from '../../src/process/kept-log.ts';

const GAP = '(gap)';

function shownLog(limitBytes: number, before = ''): { log: KeptLog; path: string; shown: () => string } {
  const path = join(temporaryFolder(), 'log');
  const log = new KeptLog(path, limitBytes);
  onTestFinished(() => log.close());
  appendFileSync(path, before);
  let shown = '';
  log.showTo({ push: (bytes) => (shown += bytes.toString()), gap: () => (shown += GAP) });
  return { log, path, shown: () => shown };
}

describe('what a log shows to a reader', () => {
  it('is what is written from then on, each byte once', async () => {
    const { log, path, shown } = shownLog(100, 'of the set-up\n');
    appendFileSync(path, 'one');
    log.readOn();
    log.readOn();
    appendFileSync(path, 'two');
    await log.readAll();
    expect(shown()).toBe('onetwo');
  });

  it('goes on over the cuts of the log', async () => {
    const { log, path, shown } = shownLog(50);
    for (let part = 0; part < 20; part += 1) {
      appendFileSync(path, `${part} `.repeat(20));
      log.measure();
      log.readOn();
      if (log.isFull) await log.rotate();
    }
    await log.readAll();
    expect(shown()).toBe(Array.from({ length: 20 }, (_, part) => `${part} `.repeat(20)).join(''));
  });

  it('is read from what is kept of the log when that was not read before the cut', async () => {
    const { log, path, shown } = shownLog(100);
    appendFileSync(path, 'a'.repeat(60));
    log.readOn();
    appendFileSync(path, 'b'.repeat(70));
    log.measure();
    await log.rotate();
    appendFileSync(path, 'c');
    await log.readAll();
    expect(shown()).toBe(`${'a'.repeat(60)}${'b'.repeat(70)}c`);
  });

  it('has a gap where nothing was kept, and none anywhere else', async () => {
    const { log, path, shown } = shownLog(10);
    appendFileSync(path, 'dropped, then kept');
    log.measure();
    const rotated = log.rotate();
    appendFileSync(path, 'x'.repeat(40));
    await rotated;
    appendFileSync(path, 'next');
    await log.readAll();
    expect(shown()).toBe(`${GAP} then kept${'x'.repeat(5)}${GAP}next`);
    expect(readFileSync(`${path}.1`, 'utf8')).toContain(' then kept');
  });

  it('has a gap where somebody else has cut the log', async () => {
    const { log, path, shown } = shownLog(100);
    appendFileSync(path, 'one two');
    log.measure();
    log.readOn();
    truncateSync(path, 0);
    appendFileSync(path, 'new');
    log.measure();
    await log.readAll();
    expect(shown()).toBe(`one two${GAP}new`);
  });

  it('is not kept from being cut by a copy that cannot be made', async () => {
    const { log, path, shown } = shownLog(10);
    mkdirSync(`${path}.1`);
    appendFileSync(path, 'much too long');
    log.measure();
    await log.rotate();
    expect(shown()).toBe(GAP);
    expect(log.size).toBe(0);
  });
});
