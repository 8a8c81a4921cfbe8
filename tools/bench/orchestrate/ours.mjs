// The real `ralph-orchestrate run` over a whole queue, and what its processes took.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { tally, gitRuns } from '../integrate/spans.mjs';
import { plainEnvironment } from '../measure/generated-repository.mjs';
import { OurProcesses } from './processes.mjs';

const launcher = fileURLToPath(new URL('../../../packages/orchestrate/bin/ralph-orchestrate.cjs', import.meta.url));
const LOOK_MS = 100;

/**
 * Runs until the queue is empty.
 *
 * @param {import('./site.mjs').Site} site
 * @param {{ workers: number, gate?: string, traced?: boolean }} how whether git is to tell what it is asked for, which costs it time
 * @throws Error when it did not end with 0, or the work is not on the target
 */
export async function orchestrated(site, { workers, gate, traced = false }) {
  const trace = site.path('trace');
  if (traced) writeFileSync(trace, '');
  const ci = gate === undefined ? [] : ['--ci', gate];
  const args = ['run', '--workers', String(workers), '--format', 'ndjson', ...ci, '--', site.agent];
  const [out, words] = [site.path('out'), site.path('words')].map((path) => openSync(path, 'w'));
  const begin = performance.now();
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: site.root,
    env: plainEnvironment(traced ? { GIT_TRACE2_EVENT: trace } : {}),
    stdio: ['ignore', out, words],
  });
  const processes = new OurProcesses(child.pid);
  const timer = setInterval(() => processes.look(), LOOK_MS);
  const [status, signal] = await once(child, 'exit');
  const wall = performance.now() - begin;
  clearInterval(timer);
  closeSync(out);
  closeSync(words);
  if (status !== 0)
    throw new Error(`ralph-orchestrate ended with ${status ?? signal}: ${readFileSync(site.path('words'), 'utf8')}`);
  site.requireLanded();
  const { peakMegabytes, most } = processes;
  const times = processes.times();
  const cpu = Object.values(times).reduce((sum, ms) => sum + ms, 0);
  const git = traced ? tally(gitRuns(readFileSync(trace, 'utf8')).commands) : undefined;
  return { wall, cpu, times, peakMegabytes, most, git, ...site.leftovers() };
}
