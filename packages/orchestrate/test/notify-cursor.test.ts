import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LINE_LIMIT_BYTES } from '@ralph/protocol/cli/input';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { newCursor, readCursor, writeCursor } from '../src/notify/cursor.ts';
import { logParts, partPath } from '../src/notify/log-parts.ts';
import { endOfLog, LogReader, type Place } from '../src/notify/log-reader.ts';
import { countWaiting } from '../src/notify/waiting.ts';

const lineOf = (number: number, type = 'task.failed') =>
  `{"v":1,"type":"${type}","at":"2026-01-01T00:00:00.000Z","n":${number}}`;

/** A log of events as a run writes it: appended to, and renamed to older parts. */
class Log {
  readonly folder = temporaryFolder();
  readonly path = join(this.folder, 'events.ndjson');
  #next = 0;

  append(count = 1): void {
    for (let done = 0; done < count; done += 1) appendFileSync(this.path, `${lineOf(this.#next++)}\n`);
  }

  rotate(keep = 4): void {
    rmSync(partPath(this.path, keep), { force: true });
    for (let number = keep - 1; number >= 0; number -= 1) {
      if (existsSync(partPath(this.path, number)))
        renameSync(partPath(this.path, number), partPath(this.path, number + 1));
    }
    writeFileSync(this.path, '');
  }

  readFrom(place: Place): LogReader {
    const reader = new LogReader(this.path, place);
    onTestFinished(() => reader.close());
    return reader;
  }

  async end(): Promise<Place> {
    return (await endOfLog(this.path)) ?? { ino: '', head: undefined, offset: 0 };
  }
}

/** The numbers of the events up to the end of what there is; `gap` where something is gone. */
async function numbers(reader: LogReader, most = Number.POSITIVE_INFINITY): Promise<(number | 'gap')[]> {
  const found: (number | 'gap')[] = [];
  while (found.length < most) {
    const read = await reader.next();
    if (read === undefined) break;
    if (read.kind === 'gap') found.push('gap');
    else found.push((JSON.parse(read.text) as { n: number }).n);
  }
  return found;
}

function filled(count: number): Log {
  const log = new Log();
  log.append(count);
  return log;
}

describe('the place in the log', () => {
  it('is found again after the file was renamed, and what came after it is read through all newer parts', async () => {
    const log = filled(3);
    const first = log.readFrom({ ...(await log.end()), offset: 0 });
    expect(await numbers(first, 2)).toEqual([0, 1]);
    log.rotate();
    log.append(2);
    log.rotate();
    log.append(1);
    expect(await numbers(log.readFrom(first.place))).toEqual([2, 3, 4, 5]);
  });

  it('moves on while the log is appended to and renamed under a reader that goes on', async () => {
    const log = filled(1);
    const reader = log.readFrom({ ...(await log.end()), offset: 0 });
    expect(await numbers(reader)).toEqual([0]);
    log.append();
    log.rotate();
    expect(await numbers(reader)).toEqual([1]);
    log.append();
    expect(await numbers(reader)).toEqual([2]);
    expect(reader.place).toEqual(await log.end());
  });

  it('is never lost nor passed twice, whatever the order of appends, rotations, reads and new readers', async () => {
    const step = fc.constantFrom('append', 'rotate', 'read', 'read one', 'anew');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const log = new Log();
        writeFileSync(log.path, '');
        let reader = log.readFrom(await log.end());
        let written = 0;
        const found: (number | 'gap')[] = [];
        for (const one of steps) {
          if (one === 'append') log.append((written += 1) && 1);
          if (one === 'rotate') log.rotate(99);
          if (one === 'read') found.push(...(await numbers(reader)));
          if (one === 'read one') found.push(...(await numbers(reader, 1)));
          if (one === 'anew') reader = log.readFrom(reader.place);
        }
        found.push(...(await numbers(reader)));
        expect(found).toEqual(Array.from({ length: written }, (_, number) => number));
      }),
      { numRuns: 60 },
    );
  });

  it('is behind all that was written in the very moment in which its file was renamed', async () => {
    const log = new Log();
    writeFileSync(log.path, '');
    const reader = log.readFrom(await log.end());
    const found: (number | 'gap')[] = [];
    const rounds = 300;
    for (let round = 0; round < rounds; round += 1) {
      const reading = numbers(reader);
      for (let turn = 0; turn < round % 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      log.append();
      log.rotate(9);
      found.push(...(await reading));
    }
    found.push(...(await numbers(reader)));
    expect(found).toEqual(Array.from({ length: rounds }, (_, number) => number));
  });

  it('that is gone for good is told, and reading goes on with the oldest that is left', async () => {
    const log = filled(2);
    const reader = log.readFrom({ ...(await log.end()), offset: 0 });
    const { place } = reader;
    expect(await numbers(reader, 1)).toEqual([0]);
    for (let part = 0; part < 4; part += 1) {
      log.rotate(2);
      log.append();
    }
    expect(await numbers(log.readFrom(place))).toEqual(['gap', 3, 4, 5]);
    // The one that has it open still reads it to its end.
    expect(await numbers(reader)).toEqual([1, 'gap', 3, 4, 5]);
  });

  it('is not taken for that of another file which was given the same number', async () => {
    const log = filled(2);
    const place = await log.end();
    truncateSync(log.path);
    appendFileSync(log.path, `${lineOf(7)}\n`);
    expect(String((await log.end()).ino)).toBe(place.ino);
    expect(await numbers(log.readFrom(place))).toEqual(['gap', 7]);
  });

  it('is found in a copy that has other numbers', async () => {
    const log = filled(3);
    const reader = log.readFrom({ ...(await log.end()), offset: 0 });
    await numbers(reader, 2);
    const copy = new Log();
    copyFileSync(log.path, partPath(copy.path, 1));
    writeFileSync(copy.path, `${lineOf(3)}\n`);
    expect(await numbers(copy.readFrom(reader.place))).toEqual([2, 3]);
  });

  it('is behind a line as long as any of ours may be, and behind a longer one, which is told as a gap', async () => {
    const log = filled(1);
    const reader = log.readFrom({ ...(await log.end()), offset: 0 });
    const lineOfBytes = (bytes: number) => `{"n":1,"text":"`.padEnd(bytes - 2, 'x') + '"}';
    appendFileSync(log.path, `${lineOfBytes(LINE_LIMIT_BYTES)}\n${lineOf(2)}\n`);
    appendFileSync(log.path, `${lineOfBytes(LINE_LIMIT_BYTES + 1)}\n${lineOf(4)}\n`);
    appendFileSync(log.path, `${lineOfBytes(3 * LINE_LIMIT_BYTES)}\n${lineOf(6)}\n`);
    expect(await numbers(reader)).toEqual([0, 1, 2, 'gap', 4, 'gap', 6]);
    expect(reader.place).toEqual(await log.end());
  });

  it('waits at half a line, which is read when it is whole, and left behind when it never will be', async () => {
    const log = filled(1);
    const reader = log.readFrom({ ...(await log.end()), offset: 0 });
    appendFileSync(log.path, lineOf(1).slice(0, 9));
    expect(await numbers(reader)).toEqual([0]);
    appendFileSync(log.path, `${lineOf(1).slice(9)}\n${lineOf(2).slice(0, 9)}`);
    expect(await numbers(reader)).toEqual([1]);
    log.rotate();
    appendFileSync(log.path, `${lineOf(3)}\n`);
    expect(await numbers(reader)).toEqual([3]);
  });

  it('has nothing to read where there is no log', async () => {
    const path = join(temporaryFolder(), 'events.ndjson');
    expect(await endOfLog(path)).toBeUndefined();
    expect(await new LogReader(path, { ino: '1', head: 'x', offset: 3 }).next()).toBeUndefined();
    expect(await logParts(path)).toEqual([]);
  });
});

describe('a cursor', () => {
  it('comes back as it was written, in a folder that is made for it', async () => {
    const path = join(temporaryFolder(), 'a/b/x.json');
    expect(await readCursor(path)).toBeUndefined();
    const place = { ino: '12345678901234567890', head: 'h', offset: 7 };
    const cursor = { place, runId: 'r', at: 'a', sent: 1, givenUp: 2, error: { at: 'b', words: 'c' } };
    await writeCursor(path, cursor);
    expect(await readCursor(path)).toEqual(cursor);
    await writeCursor(path, newCursor({ ...place, head: undefined }));
    expect(await readCursor(path)).toEqual(newCursor({ ...place, head: undefined }));
    expect(readdirSync(dirname(path))).toEqual(['x.json']);
  });

  it('is broken where a pipe, a folder or an endless text stands in its place, and nobody waits for it', async () => {
    const folder = temporaryFolder();
    const [pipe, endless] = [join(folder, 'pipe'), join(folder, 'endless')];
    execFileSync('mkfifo', [pipe]);
    writeFileSync(endless, `{"v":1,"ino":"1","offset":0,"head":"${'x'.repeat(65_536)}"}`);
    expect(await Promise.all([pipe, folder, endless].map((path) => readCursor(path)))).toEqual([
      'broken',
      'broken',
      'broken',
    ]);
  });

  it('is written through no link, whatever stands beside it', async () => {
    const folder = temporaryFolder();
    const [path, victim] = [join(folder, 'x.json'), join(folder, 'victim')];
    writeFileSync(victim, 'kept');
    symlinkSync(victim, path);
    symlinkSync(victim, `${path}.next`);
    const cursor = newCursor({ ino: '1', head: undefined, offset: 0 });
    await writeCursor(path, cursor);
    expect(readFileSync(victim, 'utf8')).toBe('kept');
    expect(await readCursor(path)).toEqual(cursor);
  });

  it.each(['', '{', '[]', 'null', '{"v":2,"ino":"1","offset":0}', '{"v":1,"ino":"1","offset":-1}'])(
    'is broken when it says %j',
    async (text) => {
      const path = join(temporaryFolder(), 'x.json');
      writeFileSync(path, text);
      expect(await readCursor(path)).toBe('broken');
    },
  );

  it('tells how much waits behind it, of what the target is to hear', async () => {
    const log = filled(2);
    const place = await log.end();
    log.append(2);
    appendFileSync(log.path, `${lineOf(9, 'run.started')}\n{"half`);
    log.rotate();
    log.append();
    expect(await countWaiting(log.path, { events: ['task.*'] }, { place })).toBe(3);
    expect(await countWaiting(log.path, { events: ['*'] }, { place })).toBe(4);
  });
});
