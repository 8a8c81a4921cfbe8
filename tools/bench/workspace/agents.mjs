// What an agent costs ralph-worker itself, told by the difference of many and few: its own start does not count so.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rowOf } from '../book/row.mjs';
import { plainEnvironment } from '../measure/generated-repository.mjs';
import { memoryOf, ownTimeOf } from '../measure/process-account.mjs';
import { RunningWorker } from '../measure/running-worker.mjs';
import { turns } from '../measure/turns.mjs';
import { reaped } from '../measure/workspace-times.mjs';

const IDLE = 'exec sleep 1000';
const WORKING = 'echo x > "$RALPH_TASK_ID"';
const MEGABYTE = { most: 1 };
const START = { most: 5 };
/** What a task may cost all programs together; most of it is left to the others. */
const ATTEMPT = { most: 25 };

/** Yields the memory for each further agent, and our time on the processor for its start and for its whole attempt. */
export async function* costOfAgents(root, { rounds, few, many }) {
  const [memory, idle] = [[], []];
  const each = (less, more) => (more - less) / (many - few);
  const ours = async () => {
    const [less, more] = [await idling(root, few), await idling(root, many)];
    memory.push(each(less.memory, more.memory));
    idle.push(more.agent);
    return each(less.time, more.time);
  };
  const seen = await turns(
    {
      ours,
      theirs: () => byShell(root, IDLE, many),
      attempt: () => attempts(root, few, many),
      shell: () => byShell(root, WORKING, many),
    },
    { rounds },
  );
  const against = 'sh -c that starts the same agents';
  const unit = 'ms';
  yield rowOf({
    name: 'our memory for each further agent',
    unit: 'MB',
    against: 'the idle agent itself',
    budget: MEGABYTE,
    ours: memory,
    theirs: idle,
  });
  yield rowOf({
    name: 'our CPU for an agent, until it runs',
    unit,
    against,
    budget: START,
    ours: seen.ours,
    theirs: seen.theirs,
  });
  yield rowOf({
    name: 'our CPU for an agent, the whole attempt',
    unit,
    against,
    budget: ATTEMPT,
    ours: seen.attempt,
    theirs: seen.shell,
  });
}

async function idling(root, agents) {
  const worker = new RunningWorker(root, IDLE, agents);
  worker.give(agents);
  await worker.saw('agent.started', agents);
  const agent = memoryOf(worker.agents[0], 'VmRSS');
  const seen = { memory: worker.memory('VmRSS'), time: worker.ownTime(), agent };
  await worker.end('SIGTERM');
  await reaped(root);
  return seen;
}

async function attempts(root, few, many) {
  const worker = new RunningWorker(root, WORKING, few);
  worker.give(few);
  await worker.saw('agent.finished', few);
  const before = worker.ownTime();
  worker.give(many - few, few + 1);
  await worker.saw('agent.finished', many);
  const time = (worker.ownTime() - before) / (many - few);
  await worker.end();
  await reaped(root);
  return time;
}

/**
 * Returns what a shell itself needs for each that it starts, in milliseconds on the processor. It is one shell that is asked
 * twice, since two that differ by a few starts may need the same on a busy machine.
 */
async function byShell(root, script, agents) {
  const agent = join(root, '../by-shell');
  const pids = `${agent}.pids`;
  writeFileSync(agent, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const starts = `for each in $(seq ${agents}); do ${agent} >/dev/null & echo $! >> ${pids}; done`;
  const ends = `kill $(cat ${pids}) 2>/dev/null; wait`;
  const shell = spawn('sh', ['-c', `echo ready; read word; ${starts}; echo all; read word; ${ends}; exit 0`], {
    cwd: join(root, '..'),
    env: plainEnvironment({ RALPH_TASK_ID: 'by-shell.txt' }),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(shell, 'exit');
  await once(shell.stdout, 'data');
  const before = ownTimeOf(shell.pid);
  shell.stdin.write('go\n');
  await once(shell.stdout, 'data');
  const time = (ownTimeOf(shell.pid) - before) / agents;
  shell.stdin.end('end\n');
  const [status] = await ended;
  if (status !== 0 || !existsSync(pids)) throw new Error(`the shell ended with ${status}`);
  rmSync(pids);
  return time;
}
