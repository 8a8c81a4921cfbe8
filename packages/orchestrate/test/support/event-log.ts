import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const EVENTS = '.ralph/logs/parallel/events.ndjson';

/** Writes a log of events as a run leaves it, and a cursor at its beginning for each target. */
export function writeLog(root: string, events: readonly object[], targets: readonly string[]): void {
  const path = join(root, EVENTS);
  const at = new Date().toISOString();
  write(path, events.map((event) => `${JSON.stringify({ v: 1, at, ...event })}\n`).join(''));
  const ino = String(statSync(path, { bigint: true }).ino);
  for (const id of targets) write(cursorOf(root, id), JSON.stringify({ v: 1, ino, offset: 0 }));
}

/** Returns the file that says how far a target was told. */
export function cursorOf(root: string, id: string): string {
  return join(root, '.ralph/cache/notify', `${id}.json`);
}

/** Renames the log as a rotation does. */
export function rotateLog(root: string): void {
  const path = (number: number) => join(root, number === 0 ? EVENTS : EVENTS.replace('.ndjson', `.${number}.ndjson`));
  for (const number of [3, 2, 1, 0]) if (existsSync(path(number))) renameSync(path(number), path(number + 1));
}

/** Returns the events of a log, of all its parts, the oldest first; half a line is none. */
export function loggedEvents(root: string): Record<string, unknown>[] {
  const paths = [4, 3, 2, 1].map((number) => EVENTS.replace('.ndjson', `.${number}.ndjson`)).concat(EVENTS);
  return paths.flatMap((path) => {
    const file = join(root, path);
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    return lines.flatMap((line) => {
      // What a killed run has left of a line stands in front of the next one.
      const start = line.lastIndexOf('{"v":1,');
      return start === -1 || !line.endsWith('}') ? [] : [JSON.parse(line.slice(start)) as Record<string, unknown>];
    });
  });
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
