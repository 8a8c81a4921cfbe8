// A ralph-worker that runs agents, looked at from outside: what it says, its memory and its time on the processor.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plainEnvironment } from './generated-repository.mjs';
import { memoryOf, ownTimeOf } from './process-account.mjs';

const launcher = fileURLToPath(new URL('../../../packages/worker/bin/ralph-worker.cjs', import.meta.url));

/** Starts one command of ralph-worker in a repository. */
export function spawnWorker(root, ...args) {
  return spawn(process.execPath, [launcher, ...args], { cwd: root, env: plainEnvironment() });
}

export class RunningWorker {
  #child;
  #ended;
  #counts = new Map();
  #waits = [];
  #agents = [];
  #ready = [];

  /** Starts `ralph-worker run` with a shell script as the agent, and places for so many. */
  constructor(root, script, jobs, ...args) {
    const agent = join(root, '..', 'agent');
    writeFileSync(agent, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    this.#child = spawnWorker(root, 'run', '--jobs', String(jobs), ...args, '--', agent);
    this.#ended = once(this.#child, 'exit');
    let rest = '';
    this.#child.stdout.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines) this.#count(JSON.parse(line));
    });
    this.#child.stderr.pipe(process.stderr);
  }

  get pid() {
    return this.#child.pid;
  }

  /** Gives it so many tasks, the first of them with the number given. */
  give(count, first = 1) {
    for (let number = first; number < first + count; number += 1) {
      this.#child.stdin.write(`${JSON.stringify({ id: `RQ-${number}`, title: 'bench' })}\n`);
    }
  }

  /** Waits until it has said so many events of a type. */
  saw(type, count) {
    return new Promise((resolve) => {
      this.#waits.push({ type, count, resolve });
      this.#settle();
    });
  }

  /** Returns its own milliseconds on the processor, by the kernel's own account, without those of its children. */
  ownTime() {
    return ownTimeOf(this.#child.pid);
  }

  /** Has one more workspace made and removed; returns what it says of it: `duration_ms` and `reused`. */
  async workspace() {
    const number = this.#ready.length + 1;
    this.give(1, number);
    await this.saw('workspace.removed', number);
    return this.#ready.at(-1);
  }

  /** Returns its memory in MB: `VmRSS` as it stands, `VmHWM` at most so far. */
  memory(field) {
    return memoryOf(this.#child.pid, field);
  }

  /** The processes of the agents that it has told of. */
  get agents() {
    return [...this.#agents];
  }

  /** Ends its input, or sends it a signal, and returns the milliseconds until it has ended. */
  async end(signal) {
    const begin = performance.now();
    if (signal === undefined) this.#child.stdin.end();
    else this.#child.kill(signal);
    await this.#ended;
    return performance.now() - begin;
  }

  #count({ type, pid, ...fields }) {
    if (type === 'agent.started') this.#agents.push(pid);
    if (type === 'workspace.ready') this.#ready.push(fields);
    this.#counts.set(type, (this.#counts.get(type) ?? 0) + 1);
    this.#settle();
  }

  #settle() {
    const isMet = ({ type, count }) => (this.#counts.get(type) ?? 0) >= count;
    for (const wait of this.#waits.filter(isMet)) wait.resolve();
    this.#waits = this.#waits.filter((wait) => !isMet(wait));
  }
}
