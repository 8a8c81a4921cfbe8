// What one machine can do, whatever agents and gates take: whole runs with agents and gates that take no time, agents that
// only wait, and a workspace on the disk.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statfsSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { generatedRepository } from '../../measure/generated-repository.mjs';
import { RunningWorker } from '../../measure/running-worker.mjs';
import { prepared, removed } from '../../measure/workspace-times.mjs';
import { orchestrated } from '../../end-to-end/ours.mjs';
import { below } from '../../end-to-end/processes.mjs';
import { Site } from '../../end-to-end/site.mjs';
import { processorTime } from './processor-time.mjs';
import { benchFolder } from '../../measure/bench-folder.mjs';

const WORKERS = [1, 2, 4, 8, 16];
const TASKS = 48;
const [FEW, MANY] = [2, 16];
const FILES = { files: 2000, commits: 20 };
const MB = 1e6;

/** Measures the whole; takes some three minutes. */
export async function bounds() {
  const runs = [];
  for (const workers of WORKERS) runs.push(await wholeRun(workers));
  return { runs, idle: await idleAgents(), workspace: await workspace(), machine: limits() };
}

/** Tasks that take no time, from a queue that git carries to the target branch. */
async function wholeRun(workers) {
  const site = await Site.of(TASKS);
  try {
    const { value, ms } = await processorTime(() => orchestrated(site, { workers, gate: 'true' }));
    const { wall, cpu, megabytes, processes } = value;
    return {
      workers,
      perHour: (TASKS * 3_600_000) / wall,
      ourCpu: cpu / TASKS,
      otherCpu: ms === undefined ? null : (ms - cpu) / TASKS,
      megabytes,
      processes,
    };
  } finally {
    site.remove();
  }
}

/** What each further agent takes, by the difference of many and few. */
async function idleAgents() {
  return inFolder(async (folder) => {
    const root = await generatedRepository(folder, FILES);
    const seen = [];
    for (const agents of [FEW, MANY]) {
      const worker = new RunningWorker(root, 'exec sleep 1000', agents);
      worker.give(agents);
      await worker.saw('agent.started', agents);
      seen.push({ memory: worker.memory('VmRSS'), processes: below(worker.pid).length });
      await worker.end('SIGTERM');
    }
    const each = (of) => (of(seen[1]) - of(seen[0])) / (MANY - FEW);
    return { megabytes: each(({ memory }) => memory), processes: each(({ processes }) => processes) };
  });
}

async function workspace() {
  return inFolder(async (folder) => {
    const root = await generatedRepository(folder, FILES);
    await prepared(root, 'RQ-1');
    const path = JSON.parse(worktreeOf(root)).workspace_path;
    const du = (...args) => Number(execFileSync('du', ['-s', ...args, path], { encoding: 'utf8' }).split('\t')[0]);
    const git = (...args) =>
      Number(execFileSync('du', ['-s', ...args, join(path, '.git')], { encoding: 'utf8' }).split('\t')[0]);
    const seen = {
      files: FILES.files,
      megabytes: (du('-k') * 1024) / MB,
      ownMegabytes: (git('-k') * 1024) / MB,
      inodes: du('--inodes'),
      ownInodes: git('--inodes'),
    };
    await removed(root, 'RQ-1');
    return seen;
  });
}

function worktreeOf(root) {
  const launcher = join(import.meta.dirname, '../../../../packages/worker/bin/ralph-worker.cjs');
  return execFileSync(process.execPath, [launcher, 'list', '--format', 'ndjson'], { cwd: root, encoding: 'utf8' });
}

function limits() {
  const { bavail, bsize, ffree } = statfsSync(tmpdir());
  return {
    cores: availableParallelism(),
    megabytes: totalmem() / MB,
    diskMegabytes: (bavail * bsize) / MB,
    inodes: ffree,
    processes: Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8')),
  };
}

async function inFolder(use) {
  const folder = benchFolder();
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
