import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { EventTail } from '../src/follow/event-tail.ts';
import { tailOfRun } from '../src/follow/find-start.ts';
import { olderNumbers, olderPart } from '../src/record/log-parts.ts';
import { rotateLog } from '../src/record/rotate-log.ts';

/** A log of events in a folder of its own, as those see it who write and who rotate it. */
class Log {
  readonly path = join(temporaryFolder(), 'events.ndjson');

  append(...names: readonly string[]): void {
    appendFileSync(this.path, names.map((name) => `{"name":"${name}"}\n`).join(''));
  }

  start(id: string, at: string): void {
    appendFileSync(this.path, `{"v":1,"type":"run.started","at":"${at}","run_id":"${id}"}\n`);
  }

  rotate(): void {
    rotateLog(this.path, 4);
  }

  /** Returns what reads the names of the lines that have come. */
  reader(tail = new EventTail(this.path)): () => unknown[] {
    onTestFinished(() => tail.close());
    return () => [...tail.lines()].map(({ record }) => record['name'] ?? record['run_id']);
  }
}

describe('EventTail', () => {
  it('reads what was appended since the last look, whole lines alone', () => {
    const log = new Log();
    const read = log.reader();
    expect(read()).toEqual([]);
    log.append('a', 'b');
    appendFileSync(log.path, '{"name":"hal');
    expect(read()).toEqual(['a', 'b']);
    appendFileSync(log.path, 'f €"}\nno json\n[]\n');
    expect(read()).toEqual(['half €']);
    expect(read()).toEqual([]);
  });

  it('reads the rest of a log that was renamed, and goes on with the fresh one', () => {
    const log = new Log();
    const read = log.reader();
    log.append('a');
    expect(read()).toEqual(['a']);
    log.append('b');
    log.rotate();
    expect(read()).toEqual(['b']);
    // Whoever has it open may still write to it, as long as there is no fresh one.
    appendFileSync(olderPart(log.path, 1), '{"name":"c"}\n');
    log.append('d');
    expect(read()).toEqual(['c', 'd']);
    log.append('e');
    expect(read()).toEqual(['e']);
  });

  it('misses nothing when that has happened twice between two looks', () => {
    const log = new Log();
    const read = log.reader();
    log.append('a');
    expect(read()).toEqual(['a']);
    log.append('b');
    log.rotate();
    renameSync(olderPart(log.path, 1), `${log.path}.2`);
    log.append('c');
    log.rotate();
    log.append('d');
    expect(read()).toEqual(['b', 'c', 'd']);
  });

  it.each([1, 2, 3, 4])('misses nothing when that has happened %i times between two looks', (times) => {
    const log = new Log();
    const read = log.reader();
    log.append('first');
    expect(read()).toEqual(['first']);
    const names = Array.from({ length: times + 1 }, (_, n) => `part ${n}`);
    for (const [n, name] of names.entries()) {
      if (n > 0) log.rotate();
      log.append(name);
    }
    expect(olderNumbers(log.path)).toHaveLength(times);
    expect(read()).toEqual(names);
  });

  it('begins anew with a log that was cut', () => {
    const log = new Log();
    const read = log.reader();
    log.append('a', 'b', 'c');
    expect(read()).toHaveLength(3);
    writeFileSync(log.path, '');
    log.append('d');
    expect(read()).toEqual(['d']);
  });

  it('reads lines that are longer than it reads at once', () => {
    const log = new Log();
    const name = 'ä'.repeat(100_001);
    log.append(name, 'b');
    expect(log.reader()()).toEqual([name, 'b']);
  });
});

describe('the log of the run that goes on', () => {
  const [before, taken, after] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z', '2026-01-02T00:00:00.001Z'];
  const since = Date.parse(taken);

  it('begins where that run has started, behind those that have ended', () => {
    const log = new Log();
    log.start('old', before);
    log.append('x'.repeat(2_000_000));
    log.start('now', after);
    log.append('a');
    expect(log.reader(tailOfRun(log.path, since))()).toEqual(['now', 'a']);
  });

  it('begins behind half a line that a killed run has left', () => {
    const log = new Log();
    log.start('old', before);
    appendFileSync(log.path, '{"v":1,"ty');
    log.start('now', after);
    expect(log.reader(tailOfRun(log.path, since))()).toEqual(['now']);
  });

  it('begins in the older log when it was renamed since', () => {
    const log = new Log();
    log.start('now', after);
    log.append('a');
    log.rotate();
    log.append('b');
    expect(log.reader(tailOfRun(log.path, since))()).toEqual(['now', 'a', 'b']);
  });

  it.each([2, 3, 4])(
    'begins in the part that it began in, %i rotations ago, and goes on through all newer ones',
    (times) => {
      const log = new Log();
      log.start('old', '2020-01-01T00:00:00.000Z');
      log.start('now', '2020-01-02T00:00:00.000Z');
      const names = Array.from({ length: times }, (_, n) => `part ${n}`);
      for (const name of names) {
        log.rotate();
        log.append(name);
      }
      const read = log.reader(tailOfRun(log.path, Date.parse('2020-01-02T00:00:00.000Z')));
      expect(read()).toEqual(['now', ...names]);
      log.rotate();
      log.append('last');
      expect(read()).toEqual(['last']);
    },
  );

  it('is what comes from now on when the run has not come to say that it has started', () => {
    const log = new Log();
    log.start('old', before);
    const read = log.reader(tailOfRun(log.path, since));
    expect(read()).toEqual([]);
    log.start('now', after);
    expect(read()).toEqual(['now']);
    const none = new Log();
    const readNone = none.reader(tailOfRun(none.path, since));
    expect(readNone()).toEqual([]);
    none.start('first', after);
    expect(readNone()).toEqual(['first']);
  });
});
