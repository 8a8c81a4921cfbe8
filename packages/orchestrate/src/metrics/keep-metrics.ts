import { mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Call } from '@ralph/protocol/cli/program';
import { Failure } from '@ralph/protocol/contract/failure';
import { nextFilePath, sweepLeftBeside } from '@ralph/protocol/process/next-file';
import { isTaken } from '../record/plain-place.ts';
import type { EventLog } from '../run/event-log.ts';
import { prometheusText } from './prometheus-text.ts';
import { RunCounters } from './run-counters.ts';

/** Between two writings, however much happens. */
const PAUSE_MS = 3000;
/** So often also where nothing happens: an old file tells that nobody keeps it any more. */
const BEAT_MS = 15_000;

type MetricsCall = Pick<Call, 'output' | 'cleanup'> & {
  readonly args: { readonly 'metrics-file': string | undefined };
};

/**
 * Makes sure that no device, folder or pipe would give way to the figures. To be called before anything is begun; what
 * cannot be looked at is told when it cannot be written.
 *
 * @throws Failure `usage`
 */
export function checkMetricsFile(path: string | undefined): void {
  if (path === undefined || !isTaken(resolve(path))) return;
  throw new Failure('usage', `cannot keep the metrics in ${path}: it is no plain file`, {
    hint: 'name a file with --metrics-file: it is replaced as a whole',
  });
}

/**
 * Keeps the file of `--metrics-file` as the run goes on, and writes it a last time at its end. Where it cannot be written
 * that is told once, and the run goes on.
 */
export function keepMetrics({ args, output, cleanup }: MetricsCall, log: EventLog): void {
  const path = args['metrics-file'];
  if (path === undefined) return;
  const file = new MetricsFile(resolve(path), (line) => output.note(line));
  log.observe((event) => {
    if (event.type === 'agent.progress') return;
    file.counters.take(event);
    file.changed();
  });
  cleanup.defer('write the metrics a last time', () => file.close());
}

class MetricsFile {
  readonly counters = new RunCounters();
  readonly #path: string;
  readonly #onNote: (line: string) => void;
  readonly #beat: NodeJS.Timeout;
  #due: NodeJS.Timeout | undefined;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #writing: Promise<void> = Promise.resolve();
  #isTold = false;

  constructor(path: string, onNote: (line: string) => void) {
    this.#path = path;
    sweepLeftBeside(path);
    this.#onNote = onNote;
    this.#beat = setInterval(() => this.changed(), BEAT_MS).unref();
  }

  changed(): void {
    const wait = Math.max(0, this.#writtenAt + PAUSE_MS - performance.now());
    this.#due ??= setTimeout(() => {
      this.#due = undefined;
      this.#writtenAt = performance.now();
      void this.#write(true);
    }, wait).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#beat);
    clearTimeout(this.#due);
    await this.#write(false);
  }

  #write(isRunning: boolean): Promise<void> {
    const before = this.#writing;
    this.#writing = (async () => {
      await before;
      await this.#replace(isRunning);
    })();
    return this.#writing;
  }

  async #replace(isRunning: boolean): Promise<void> {
    let draft: string | undefined;
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      if (isTaken(this.#path)) throw new Error(`${this.#path} is no plain file any more`);
      const target = await behindLinks(this.#path);
      draft = nextFilePath(target);
      await writeFile(draft, prometheusText(this.counters, isRunning, Date.now()), { flag: 'wx' });
      await rename(draft, target);
    } catch (error) {
      if (draft !== undefined) await rm(draft, { force: true }).catch(() => {});
      if (!this.#isTold) this.#onNote(`the metrics are not kept: ${String(error)}`);
      this.#isTold = true;
    }
  }
}

/** Returns the file to replace: a link stays, and what it leads to is replaced, unless that is missing. */
async function behindLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return path;
  }
}
