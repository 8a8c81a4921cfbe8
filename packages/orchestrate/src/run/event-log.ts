import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { asIoFailure } from '@ralph/protocol/contract/failure';

/** The run's stream on disk: every event but progress, appended line by line. */
export class EventLog {
  readonly path: string;
  readonly #fd: number;

  constructor(path: string) {
    this.path = path;
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.#fd = openSync(path, 'a');
    } catch (error) {
      throw asIoFailure(error, `open ${path}`);
    }
  }

  append(event: { readonly type: string }): void {
    if (event.type === 'agent.progress') return;
    try {
      writeSync(this.#fd, `${JSON.stringify(event)}\n`);
    } catch (error) {
      throw asIoFailure(error, `write ${this.path}`);
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}
