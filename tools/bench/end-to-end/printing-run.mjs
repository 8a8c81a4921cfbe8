// A run on a terminal whose agents print without pause, looked at from outside.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { plainEnvironment } from '../measure/generated-repository.mjs';
import { timeOf } from './processes.mjs';
import { Site } from './site.mjs';

const launcher = fileURLToPath(new URL('../../../packages/orchestrate/bin/ralph-orchestrate.cjs', import.meta.url));

/** They leave the processor to whoever else wants it: what they take of it is not what is measured. */
const AGENT = `#!/bin/sh
exec nice -n 19 sh -c 'while :; do i=$((i+1)); echo "$i $RALPH_TASK_ID reads src/module-$i.ts and looks at what it does"; done'
`;
const LOOK_MS = 100;
const LIMIT_MS = 120_000;

/**
 * Lets so many agents print and returns which share of one core, in percent, ralph-orchestrate takes by itself, and a
 * `tail -F` of all their logs on another terminal, the one after the other.
 *
 * @param {{ agents: number, live: boolean, warmUpMs: number, measureMs: number }} how
 */
export async function sharesOfCore({ agents, live, warmUpMs, measureMs }) {
  const site = await Site.of(agents);
  writeFileSync(site.agent, AGENT);
  const words = ['run', '--workers', String(agents), ...(live ? [] : ['--no-live']), '--', site.agent];
  const run = new Terminal(site, 'run', [process.execPath, launcher, ...words]);
  let tail;
  try {
    await until('all agents print', () => begun(site) === agents);
    await pause(warmUpMs);
    // What is not drawn costs nothing.
    if (readFileSync(run.screen, 'utf8').includes('LAST LINE') !== live) throw new Error(`the table, live ${live}`);
    const ours = await shareOf(run.pid, measureMs);
    tail = new Terminal(site, 'tail', ['tail', '-n', '0', '-F', ...logsOf(site)]);
    await until('the logs are followed', () => tail.pid > 0 && readFileSync(tail.screen).length > 0);
    const theirs = await shareOf(tail.pid, measureMs);
    return { ours, theirs };
  } finally {
    await tail?.end();
    await run.end();
    site.remove();
  }
}

/** A program on a terminal of its own, which script(1) makes. */
class Terminal {
  screen;
  #pidFile;
  #child;

  constructor(site, name, command) {
    this.screen = site.path(`${name}.screen`);
    this.#pidFile = site.path(`${name}.pid`);
    const start = site.path(`${name}.start`);
    const quoted = command.map((word) => `'${word}'`).join(' ');
    writeFileSync(start, `stty cols 160 rows 50; cd '${site.root}'; echo $$ > '${this.#pidFile}'; exec ${quoted}`);
    this.#child = spawn('script', ['-qefc', `sh '${start}'`, this.screen], {
      env: plainEnvironment({ TERM: 'xterm-256color', SHELL: '/bin/sh' }),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  /** 0 as long as there is none. */
  get pid() {
    return existsSync(this.#pidFile) ? Number(readFileSync(this.#pidFile, 'utf8')) : 0;
  }

  async end() {
    const { pid } = this;
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    if (pid > 0) process.kill(pid, 'SIGTERM');
    else this.#child.kill();
    await ended;
  }
}

async function shareOf(pid, measureMs) {
  const [began, before] = [performance.now(), timeOf(pid)];
  await pause(measureMs);
  const share = ((timeOf(pid) - before) / (performance.now() - began)) * 100;
  if (!existsSync(`/proc/${pid}`)) throw new Error(`process ${pid} has ended while it was measured`);
  return share;
}

function logsOf(site) {
  const folder = `${site.root}/.ralph/logs/parallel`;
  const logs = readdirSync(folder).filter((name) => /^RQ-.*\.log$/.test(name));
  if (logs.length === 0) throw new Error(`no logs in ${folder}`);
  return logs.map((name) => `${folder}/${name}`);
}

function begun(site) {
  const log = `${site.root}/.ralph/logs/parallel/events.ndjson`;
  return existsSync(log) ? readFileSync(log, 'utf8').split('"type":"agent.started"').length - 1 : 0;
}

async function until(what, condition) {
  const deadline = performance.now() + LIMIT_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await pause(LOOK_MS);
  }
}
