// The code of ralph-lock itself in a living process, as `ralph-lock hold` has it after its start.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const CODE = `
import { createInterface } from 'node:readline';
import { takeLock } from './packages/lock/src/take-lock.ts';
import { newToken, ownRecord } from './packages/lock/src/lock-record.ts';
const output = { note() {}, isLive: false };
for await (const path of createInterface({ input: process.stdin })) {
  const begin = performance.now();
  const record = ownRecord({ token: newToken(), prompt: 'bench' });
  const signal = new AbortController().signal;
  const lock = await takeLock({ path, record: () => record, wait: undefined, conflictExit: undefined, output, signal });
  lock.release();
  process.stdout.write(String(performance.now() - begin) + '\\n');
}`;

export class Taker {
  #child;
  #answers;
  #path;

  /**
   * Starts the process in a repository.
   *
   * @param {string} folder the repository
   */
  static async start(folder) {
    const script = join(folder, 'taker.mjs');
    await build({
      stdin: { contents: CODE, resolveDir: root },
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'warning',
    });
    const taker = new Taker();
    taker.#path = join(folder, '.ralph/taker.lock');
    taker.#child = spawn(process.execPath, [script], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
    taker.#answers = createInterface({ input: taker.#child.stdout })[Symbol.asyncIterator]();
    return taker;
  }

  /** Takes the lock and lets it go; returns what that took, in milliseconds. */
  async take() {
    this.#child.stdin.write(`${this.#path}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error('the process that takes the lock has ended');
    return Number(value);
  }

  async end() {
    this.#child.stdin.end();
    await once(this.#child, 'close');
  }
}
