// A run on a terminal whose agents print without pause, looked at from outside.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { plainEnvironment } from '../measure/generated-repository.mjs';
import { Site } from '../orchestrate/site.mjs';

const launcher = fileURLToPath(new URL('../../../packages/orchestrate/bin/ralph-orchestrate.cjs', import.meta.url));

/** They leave the processor to whoever else wants it: what they take of it is not what is measured. */
const AGENT = `#!/bin/sh
exec nice -n 19 sh -c 'while :; do i=$((i+1)); echo "$i $RALPH_TASK_ID reads src/module-$i.ts and looks at what it does"; done'
`;
const LOOK_MS = 100;
const LIMIT_MS = 120_000;

/**
 * Lets so many agents print and returns the share of one core that ralph-orchestrate takes by itself, in percent.
 *
 * @param {{ agents: number, live: boolean, warmUpMs: number, measureMs: number }} how
 */
export async function shareOfCore({ agents, live, warmUpMs, measureMs }) {
  const site = await Site.of(agents);
  writeFileSync(site.agent, AGENT);
  const words = ['run', '--workers', String(agents), ...(live ? [] : ['--no-live']), '--', site.agent];
  const start = site.path('start');
  const pid = site.path('pid');
  writeFileSync(
    start,
    `stty cols 160 rows 50; cd '${site.root}'; echo $$ > '${pid}'; exec '${process.execPath}' '${launcher}' ${words.join(' ')}`,
  );
  const screen = site.path('screen');
  const terminal = spawn('script', ['-qefc', `sh '${start}'`, screen], {
    env: plainEnvironment({ TERM: 'xterm-256color', SHELL: '/bin/sh' }),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await until('all agents print', () => begun(site) === agents);
    await pause(warmUpMs);
    // What is not drawn costs nothing.
    if (readFileSync(screen, 'utf8').includes('LAST LINE') !== live) throw new Error(`the table, live ${live}`);
    const process = Number(readFileSync(pid, 'utf8'));
    const [began, before] = [performance.now(), ownTime(process)];
    await pause(measureMs);
    return ((ownTime(process) - before) / (performance.now() - began)) * 100;
  } finally {
    if (existsSync(pid)) process.kill(Number(readFileSync(pid, 'utf8')), 'SIGTERM');
    if (terminal.exitCode === null) await once(terminal, 'exit');
    site.remove();
  }
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

/** Milliseconds on the processor, by the kernel's own account, without those of its children. */
function ownTime(pid) {
  const threads = `/proc/${pid}/task`;
  const ran = (thread) => Number(readFileSync(`${threads}/${thread}/schedstat`, 'utf8').split(' ')[0]);
  return readdirSync(threads).reduce((sum, thread) => sum + ran(thread), 0) / 1e6;
}
