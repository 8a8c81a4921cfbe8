import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { readAgain } from '@ralph/protocol/process/read-again';
import { fileStamp } from '@ralph/protocol/process/file-stamp';
import { lastLines } from '@ralph/protocol/process/log-lines';
import type { Secrets } from '@ralph/protocol/process/secrets';
import type { LogTail } from '@ralph/protocol/process/kept-log';
import type { Row } from '../view/row.ts';

/** Lines that are longer show nothing; what was cut off from a secret is found within half of it. */
const TAIL_BYTES = 8 * 1024;

/** Knows what agents have said last, by their logs: for who sees their run from another shell. */
export class LastOutput {
  readonly #secrets: Secrets;
  readonly #stamps = new Map<string, string | undefined>();

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  /** Calls back with the last line of each agent at work whose log has changed since the last look. */
  look(rows: Iterable<Row>, onLine: (id: string, line: string) => void): void {
    const looked = new Set<string>();
    for (const { id, phase, logPath, workspacePath } of rows) {
      if (phase !== 'agent' || logPath === undefined) continue;
      looked.add(logPath);
      const stamp = fileStamp(logPath);
      if (stamp === this.#stamps.get(logPath)) continue;
      this.#stamps.set(logPath, stamp);
      // What the agent has put there itself is a secret too.
      if (workspacePath !== undefined) this.#secrets.learnFrom(workspacePath);
      const [line] = lastLines(tailOf(logPath), 1, this.#secrets.redactSoFar);
      if (line !== undefined) onLine(id, line);
    }
    for (const path of this.#stamps.keys()) if (!looked.has(path)) this.#stamps.delete(path);
  }
}

/** What cannot be read says nothing. */
function tailOf(path: string): LogTail {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const { size } = fstatSync(fd);
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
    const count = readAgain(fd, buffer, 0, buffer.length, size - buffer.length);
    return { text: buffer.toString('utf8', 0, count), cut: size > buffer.length };
  } catch {
    return { text: '', cut: false };
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
