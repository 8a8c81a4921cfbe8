// The real `ralph-orchestrate run` over a whole queue, and what its processes took.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { plainEnvironment } from '../measure/generated-repository.mjs';
import { gitCalls } from './git-calls.mjs';
import { Family } from './processes.mjs';
import { timedTree } from './timed-tree.mjs';

const launcher = fileURLToPath(new URL('../../../packages/orchestrate/bin/ralph-orchestrate.cjs', import.meta.url));

/**
 * Runs until the queue is empty.
 *
 * @param {import('./site.mjs').Site} site
 * @param {{ workers: number, gate?: string, traced?: boolean }} how whether git is to tell what it is asked for, which costs it time
 * @returns what it took in milliseconds (`cpu` and `times` without git, agents and shells), how much memory and how many processes at most
 * @throws Error when it did not end with 0, or the work is not on the target
 */
export async function orchestrated(site, { workers, gate, traced = false }) {
  const trace = site.path('trace');
  if (traced) writeFileSync(trace, '');
  const ci = gate === undefined ? [] : ['--ci', gate];
  const args = ['run', '--workers', String(workers), '--format', 'ndjson', ...ci, '--', site.agent];
  const [out, words] = [site.path('out'), site.path('words')].map((path) => openSync(path, 'w'));
  const family = new Family();
  const { wall } = await timedTree([process.execPath, launcher, ...args], {
    cwd: site.root,
    env: plainEnvironment(traced ? { GIT_TRACE2_EVENT: trace } : {}),
    stdio: ['ignore', out, words],
    family,
  }).catch((error) => {
    throw new Error(`${error.message}: ${readFileSync(site.path('words'), 'utf8')}`);
  });
  for (const fd of [out, words]) closeSync(fd);
  site.requireLanded();
  const times = family.times();
  const cpu = Object.values(times).reduce((sum, ms) => sum + ms, 0);
  const git = traced ? gitCalls(readFileSync(trace, 'utf8')) : undefined;
  const { ownMegabytes, ownMost } = family;
  return { wall, cpu, times, megabytes: ownMegabytes, processes: ownMost, git };
}

/**
 * Keeps so many empty Nodes alive for a moment; returns what they take together, in MB.
 */
export async function emptyNodes(count) {
  const nodes = Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9); console.log()'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  await Promise.all(nodes.map((node) => once(node.stdout, 'data')));
  const family = new Family();
  const megabytes = nodes.reduce((sum, { pid }) => sum + family.megabytesOf(pid), 0);
  for (const node of nodes) node.kill('SIGKILL');
  await Promise.all(nodes.map((node) => once(node, 'exit')));
  return megabytes;
}
