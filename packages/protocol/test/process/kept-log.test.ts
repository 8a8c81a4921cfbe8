import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { KeptLog } from '../../src/process/kept-log.ts';

function keptLog(limitBytes: number): { log: KeptLog; path: string } {
  const path = join(temporaryFolder(), 'logs/log');
  const log = new KeptLog(path, limitBytes);
  onTestFinished(() => log.close());
  return { log, path };
}

describe('KeptLog', () => {
  it('can be read by the user alone', () => {
    const { path } = keptLog(10);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('counts what is written, also what was moved away or cut by others', async () => {
    const { log, path } = keptLog(10);
    appendFileSync(path, 'twelve bytes');
    expect(log.measure()).toBe(12);
    expect(log.isFull).toBe(true);
    await log.rotate();
    expect({ size: log.size, bytes: log.bytes, full: log.isFull }).toEqual({ size: 0, bytes: 12, full: false });
    appendFileSync(path, 'four');
    expect(log.measure()).toBe(4);
    truncateSync(path, 1);
    expect(log.measure()).toBe(1);
    expect(log.bytes).toBe(17);
  });

  it('keeps one older part, and says in it how much was dropped before it', async () => {
    const { log, path } = keptLog(10);
    appendFileSync(path, 'the first part\n');
    log.measure();
    await log.rotate();
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('[ralph: 5 bytes of older output were dropped]\nirst part\n');
    appendFileSync(path, 'the second\n');
    log.measure();
    await log.rotate();
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('[ralph: 16 bytes of older output were dropped]\nhe second\n');
    expect(readFileSync(path, 'utf8')).toBe('');
    expect(statSync(`${path}.1`).mode & 0o777).toBe(0o600);
    expect(existsSync(`${path}.1.new`)).toBe(false);
  });

  it('does not follow for ever who writes faster than it copies, and says what was lost', async () => {
    const { log, path } = keptLog(1000);
    appendFileSync(path, 'a'.repeat(1200));
    log.measure();
    const rotated = log.rotate();
    appendFileSync(path, 'b'.repeat(5000));
    await rotated;
    const [before, copied, lost] = readFileSync(`${path}.1`, 'utf8').split('\n');
    expect(before).toBe('[ralph: 200 bytes of older output were dropped]');
    expect(copied).toBe('a'.repeat(1000) + 'b'.repeat(500));
    expect(lost).toBe('[ralph: 4500 bytes of output were dropped here]');
    expect(log.bytes).toBe(6200);
  });

  it('tells the end of what was written, over the border of the two files', async () => {
    const { log, path } = keptLog(100);
    appendFileSync(path, 'one\n');
    expect(log.tail()).toEqual({ text: 'one\n', cut: false });
    await log.rotate();
    appendFileSync(path, 'two\n');
    expect(log.tail()).toEqual({ text: 'one\ntwo\n', cut: true });
    writeFileSync(path, 'x'.repeat(100_000));
    expect(log.tail()).toEqual({ text: 'x'.repeat(16_384), cut: true });
  });

  it('is cut even when what it holds cannot be kept', async () => {
    const { log, path } = keptLog(10);
    mkdirSync(`${path}.1`);
    appendFileSync(path, 'much too long\n');
    log.measure();
    await log.rotate();
    expect(statSync(path).size).toBe(0);
    expect(log.bytes).toBe(14);
  });
});
