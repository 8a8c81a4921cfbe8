import { appendFileSync, chmodSync, copyFileSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KeptLog } from '@ralph/protocol/process/kept-log';
import { chanceOf, testSeed } from '@ralph/protocol/testing/chance';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { FollowedLog } from '../src/logs/followed-log.ts';

function written(limitBytes: number, path = join(temporaryFolder(), 'log')) {
  const log = new KeptLog(path, limitBytes);
  onTestFinished(() => log.close());
  const write = (text: string) => {
    appendFileSync(path, text);
    log.measure();
  };
  return { path, log, write };
}

function followed(path: string) {
  const log = new FollowedLog(path);
  onTestFinished(() => log.close());
  return (isOver = false) => Array.from(log.newBytes(isOver), (bytes) => bytes.toString()).join('');
}

describe('FollowedLog', () => {
  it('gives out what there is, and then what comes', () => {
    const { path, write } = written(100);
    write('one');
    const read = followed(path);
    expect(read()).toBe('one');
    expect(read()).toBe('');
    write('two');
    expect(read()).toBe('two');
  });

  it('goes on over a cut with what was copied before it', async () => {
    const { path, log, write } = written(20);
    write('0123456789');
    const read = followed(path);
    expect(read()).toBe('0123456789');
    write('abcdefghijklmno');
    await log.rotate();
    write('next');
    expect(read()).toBe('abcdefghijklmnonext');
    expect(read()).toBe('');
  });

  it('begins with what is kept of a log that was cut before, as it is printed', async () => {
    const { path, log, write } = written(10);
    write('the first part\n');
    await log.rotate();
    write('more\n');
    const read = followed(path);
    expect(read()).toBe('[ralph: 5 bytes of older output were dropped]\nirst part\nmore\n');
    write('and more\n');
    await log.rotate();
    write('end\n');
    expect(read()).toBe('and more\nend\n');
  });

  it('says what was lost when it came too late, or when that was never kept', async () => {
    const { path, log, write } = written(10);
    write('0123456789ab');
    const read = followed(path);
    expect(read()).toBe('0123456789ab');
    await log.rotate();
    write('c'.repeat(30));
    await log.rotate();
    write('d');
    expect(read()).toBe(`\n[ralph: 20 bytes of output were dropped here]\n${'c'.repeat(10)}d`);
    const rotated = (write('e'.repeat(11)), log.rotate());
    appendFileSync(path, 'f'.repeat(100));
    await rotated;
    write('g');
    const [early, late] = [1, 95].map((bytes) => `\n[ralph: ${bytes} bytes of output were dropped here]\n`);
    expect(read()).toBe(`${early}${'e'.repeat(10)}${'f'.repeat(5)}${late}g`);
  });

  it('goes on when another writer counts anew, as the agent after its set-up', async () => {
    const { path, log, write } = written(10);
    write('set-up 1234567890');
    await log.rotate();
    write('set-up');
    const read = followed(path);
    expect(read()).toMatch(/1234567890set-up$/);
    const agent = written(10, path);
    agent.write(' and agent');
    await agent.log.rotate();
    agent.write('last');
    expect(read()).toBe(' and agentlast');
  });

  it('waits while the log is copied and not cut yet, and goes on with it where that never comes', async () => {
    const { path, log, write } = written(10);
    write('0123456789ab');
    const read = followed(path);
    expect(read()).toBe('0123456789ab');
    await log.rotate();
    chmodSync(`${path}.1`, 0o700);
    write('cd');
    expect(read()).toBe('');
    chmodSync(`${path}.1`, 0o600);
    expect(read()).toBe('cd');
    copyFileSync(path, `${path}.copy`);
    renameSync(`${path}.copy`, `${path}.1`);
    chmodSync(`${path}.1`, 0o700);
    appendFileSync(path, 'ef');
    expect(read()).toBe('');
    expect(read(true)).toBe('ef');
  });

  it('goes on where somebody else has cut it, or nothing could be kept', () => {
    const { path, write } = written(100);
    write('one two');
    const read = followed(path);
    expect(read()).toBe('one two');
    truncateSync(path, 0);
    write('new');
    expect(read()).toBe('\n[ralph: 0 bytes of output were dropped here]\nnew');
  });

  it('gives out each byte once, whenever it looks', async () => {
    const seed = testSeed();
    const chance = chanceOf(seed);
    for (let round = 0; round < 40; round += 1) {
      const { path, log, write } = written(200);
      write('');
      const read = followed(path);
      let all = '';
      let given = '';
      for (let line = 0; line < 60; line += 1) {
        const text = `${line} `.repeat(Math.floor(chance() * 15));
        all += text;
        write(text);
        if (chance() < 0.5) given += read();
        // No later than a follower that looks now and then would see it.
        if (log.isFull) {
          given += read();
          await log.rotate();
        }
      }
      expect(given + read(true), `seed ${seed}, round ${round}`).toBe(all);
      rmSync(path);
    }
  });
});
