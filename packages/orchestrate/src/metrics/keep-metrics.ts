import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Call } from '@ralph/protocol/cli/program';
import { nextFilePath } from '@ralph/protocol/process/next-file';
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
    const draft = nextFilePath(this.#path);
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      await writeFile(draft, prometheusText(this.counters, isRunning, Date.now()));
      await rename(draft, this.#path);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => {});
      if (!this.#isTold) this.#onNote(`the metrics are not kept: ${String(error)}`);
      this.#isTold = true;
    }
  }
}
