import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyEvent } from '@ralph/protocol/contract/events';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { LineFile } from '../src/record/line-file.ts';
import { olderNumbers, olderPart } from '../src/record/log-parts.ts';
import { planRotation, rotateLog } from '../src/record/rotate-log.ts';
import { EventLog } from '../src/run/event-log.ts';

const event = (number: number) =>
  ({ v: 1, type: 'run.stopping', at: '2026-01-01T00:00:00.000Z', run_id: `run-${number}` }) as unknown as AnyEvent;

/** What the parts of a log hold, the oldest first. */
function partsOf(path: string): string[] {
  return [
    ...olderNumbers(path)
      .toReversed()
      .map((number) => olderPart(path, number)),
    path,
  ].map((part) => readFileSync(part, 'utf8'));
}

const logIn = (folder = temporaryFolder()) => join(folder, 'logs', 'events.ndjson');
const small = { bytes: 300, older: 3 };

describe('planRotation', () => {
  it('moves each part up by one, as far as there is no gap, and lets go of none but the oldest', () => {
    const parts = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 12 });
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 8 }), (numbers, older) => {
        const held = numbers.toSorted((a, b) => a - b).filter((number) => number <= older);
        const { gone, up } = planRotation(numbers, older);
        const after = new Map(held.map((number) => [number, number]));
        for (const number of up) {
          after.set(number + 1, after.get(number) ?? 0);
          after.delete(number);
        }
        after.set(1, 0);
        const ages = [...after].toSorted(([a], [b]) => a - b).map(([, age]) => age);
        expect(ages).toEqual([0, ...(held.length < older ? held : held.slice(0, -1))]);
        expect(gone).toEqual(numbers.filter((number) => number > older));
      }),
    );
  });
});

describe('rotateLog', () => {
  it.each([0, 1, 2, 3])('loses nothing when it is cut off after %i renames and done again', (done) => {
    const path = logIn();
    mkdirSync(dirname(path), { recursive: true });
    const steps = [
      [2, 3],
      [1, 2],
      [0, 1],
    ] as const;
    const name = (number: number) => (number === 0 ? path : olderPart(path, number));
    for (const number of [0, 1, 2]) writeFileSync(name(number), `age ${number}`);
    for (const [from, to] of steps.slice(0, done)) renameSync(name(from), name(to));
    if (done === steps.length) writeFileSync(path, 'newer');
    rotateLog(path, 4);
    writeFileSync(path, 'now');
    expect(partsOf(path)).toEqual(['age 2', 'age 1', 'age 0', ...(done === steps.length ? ['newer'] : []), 'now']);
  });

  it('takes no file for a part that is not called like one', () => {
    const path = logIn();
    mkdirSync(dirname(path), { recursive: true });
    for (const name of ['events.ndjson', 'events.1.ndjson', 'events.x.ndjson', 'events.01.ndjson', 'report-1.ndjson'])
      writeFileSync(join(dirname(path), name), '');
    expect(olderNumbers(path)).toEqual([1]);
    expect(basename(olderPart(path, 2))).toBe('events.2.ndjson');
  });
});

describe('EventLog', () => {
  it('begins a new log at its start and between events, by renaming, and keeps so many older ones', () => {
    const path = logIn();
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${'x'.repeat(400)}\n`);
    const { ino } = statSync(path);
    const log = new EventLog(path, small, () => {});
    expect([statSync(olderPart(path, 1)).ino, statSync(path).size]).toEqual([ino, 0]);
    for (let number = 0; number < 30; number += 1) log.append(event(number));
    log.close();
    expect(olderNumbers(path)).toEqual([1, 2, 3]);
    const kept = partsOf(path)
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { run_id: string }).run_id);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, n) => `run-${30 - kept.length + n}`));
    expect(kept.length).toBeGreaterThan(9);
    for (const part of [1, 2, 3]) expect(statSync(olderPart(path, part)).size).toBeLessThan(450);
  });

  it('begins a fresh line after one that a killed run has left half written', () => {
    const path = logIn();
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '{"v":1,"type":"run.st');
    const log = new EventLog(path, { bytes: 1e6, older: 1 }, () => {});
    log.append(event(1));
    log.append(event(2));
    log.close();
    expect(readFileSync(path, 'utf8').split('\n')).toEqual([
      '{"v":1,"type":"run.st',
      JSON.stringify(event(1)),
      JSON.stringify(event(2)),
      '',
    ]);
  });

  it('writes on where it cannot rename, and says so once', () => {
    const path = logIn();
    // A folder that is not empty is replaced by no file.
    mkdirSync(join(olderPart(path, 1), 'in the way'), { recursive: true });
    const notes: string[] = [];
    const log = new EventLog(path, { bytes: 300, older: 1 }, (line) => notes.push(line));
    for (let number = 0; number < 20; number += 1) log.append(event(number));
    log.close();
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(20);
    expect(notes).toEqual([expect.stringMatching(/the event log grows on.*EISDIR/)]);
  });

  it('begins a new log also where an earlier try was cut off behind the rename', () => {
    const path = logIn();
    const notes: string[] = [];
    const log = new EventLog(path, small, (line) => notes.push(line));
    log.append(event(0));
    renameSync(path, olderPart(path, 1));
    for (let number = 1; number < 8; number += 1) log.append(event(number));
    log.close();
    expect(notes).toEqual([]);
    const kept = partsOf(path).join('').trimEnd().split('\n');
    expect(kept).toEqual(Array.from({ length: 8 }, (_, n) => JSON.stringify(event(n))));
    expect(readdirSync(dirname(path)).filter((name) => name.endsWith('.next'))).toEqual([]);
  });

  it('tells observers of every event, also of one that could not be written, and bears what they throw', () => {
    const log = new EventLog('/dev/full', small, () => {});
    const seen: string[] = [];
    log.observe(() => {
      throw new Error('an observer has failed');
    });
    log.observe(({ type }) => seen.push(type));
    expect(() => log.append(event(1))).toThrow(expect.objectContaining({ code: 'disk_full' }));
    log.append({ ...event(1), type: 'agent.progress' } as AnyEvent);
    log.close();
    // Progress is for those who look on, and is never written.
    expect(seen).toEqual(['run.stopping', 'agent.progress']);
  });
});

describe('LineFile', () => {
  it('joins no line to one of which only a part could be written', () => {
    const path = join(temporaryFolder(), 'narrow');
    execFileSync('mkfifo', [path]);
    // A pipe that takes no more answers at once, with a part, as a disk does that is full.
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const file = new LineFile(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
    file.append('first');
    expect(() => file.append('y'.repeat(300_000))).toThrow(/EAGAIN/);
    const cut = drained(reader);
    file.append('next');
    expect(cut).toMatch(/^first\ny{9999,}$/);
    expect(drained(reader)).toBe('\nnext\n');
    file.close();
    closeSync(reader);
  });
});

function drained(fd: number): string {
  const bytes = Buffer.alloc(1e6);
  return bytes.toString('utf8', 0, readSync(fd, bytes));
}
