// A living `ralph-state apply` that is given updates, and one that is started for each.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sampleRecord } from '../../sample-repository.mjs';

export const launcher = fileURLToPath(new URL('../../../packages/state/bin/ralph-state.cjs', import.meta.url));

let attempt = 1000;

/** Returns the line of a later attempt at one of so many known tasks: it always changes the file, and adds no record. */
export function update(records) {
  attempt += 1;
  const { task_id, identity, workspace_path, base_commit, log_path, title } = sampleRecord((attempt % records) + 1);
  const of = { v: 1, type: 'agent.started', at: new Date().toISOString(), task_id, attempt, pid: identity.pid };
  return `${JSON.stringify({ ...of, identity, workspace_path, base_commit, log_path, title })}\n`;
}

/** Makes one update by a process of its own; returns its milliseconds. */
export function applyOnce(folder, records) {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [launcher, 'apply'], {
    cwd: folder,
    input: update(records),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`ralph-state apply ended with ${status}: ${stderr}`);
  return performance.now() - begin;
}

export class Coprocess {
  #child;
  #records;
  #onAnswer = () => {};

  /** Starts it in a repository with so many records; the first updates would find its code cold. */
  static async start(folder, records, warmUp) {
    const coprocess = new Coprocess();
    coprocess.#records = records;
    const child = spawn(process.execPath, [launcher, 'apply', '--answer'], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    coprocess.#child = child;
    child.on('exit', () => coprocess.#onAnswer(new Error('ralph-state apply has ended')));
    child.stdout.setEncoding('latin1').on('data', (text) => {
      for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) coprocess.#onAnswer();
    });
    if (warmUp > 0) await coprocess.updates(warmUp, 1);
    return coprocess;
  }

  /** Makes so many updates, with so many on their way at a time; returns the milliseconds for one. */
  async updates(count, window) {
    const lines = Array.from({ length: count }, () => update(this.#records));
    const begin = performance.now();
    await new Promise((resolve, reject) => {
      let [sent, answered] = [0, 0];
      const send = () => {
        const next = lines.slice(sent, answered + window);
        sent += next.length;
        if (next.length > 0) this.#child.stdin.write(next.join(''));
      };
      this.#onAnswer = (error) => {
        answered += 1;
        if (error !== undefined) reject(error);
        else if (answered === count) resolve();
        // A thousand on their way are filled up in parts, not one by one.
        else if (sent - answered <= window / 2) send();
      };
      send();
    });
    return (performance.now() - begin) / count;
  }

  async end() {
    this.#onAnswer = () => {};
    this.#child.stdin.end();
    const [status] = await once(this.#child, 'exit');
    if (status !== 0) throw new Error(`ralph-state apply ended with ${status}`);
  }
}
