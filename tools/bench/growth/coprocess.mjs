// `ralph-state apply --answer` as ralph-orchestrate has it beside itself.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { launcher } from './sizes.mjs';

export class Coprocess {
  #child;
  #lines;

  constructor(folder) {
    this.#child = spawn(process.execPath, [launcher('state'), 'apply', '--answer'], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * Gives it a line and returns the answer.
   *
   * @throws Error when it refused the line, or has ended
   */
  async ask(line) {
    this.#child.stdin.write(`${JSON.stringify(line)}\n`);
    const { value, done } = await this.#lines.next();
    const answer = done ? undefined : JSON.parse(value);
    if (answer?.ok !== true) throw new Error(`ralph-state apply answered ${value}`);
    return answer;
  }

  async end() {
    const ended = once(this.#child, 'exit');
    this.#child.stdin.end();
    await ended;
  }
}
