// The real `ralph-integrate run`, fed with the lines of all candidates at once, and what it took besides gate and git.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { plainEnvironment } from '../measure/generated-repository.mjs';
import { covered, gitRuns, tally } from './spans.mjs';

const launcher = fileURLToPath(new URL('../../../packages/integrate/bin/ralph-integrate.cjs', import.meta.url));
/** Its own time on the processor, without that of its children. */
const HOOK = `process.on('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  require('node:fs').writeFileSync(process.env.BENCH_USAGE, String((userCPUTime + systemCPUTime) / 1000));
});`;
const LIMIT_MS = 1_800_000;

/**
 * Returns the policy of ralph-integrate that lands in one of its ways.
 *
 * @param {string} landing
 */
export function ralphIntegrate(landing) {
  return async (site, { gate, places, keepsWorkspaces = false }) => {
    const [hook, trace, usage] = ['hook.cjs', 'trace', 'usage'].map((name) => site.path(name));
    writeFileSync(hook, HOOK);
    writeFileSync(trace, '');
    const args = ['run', '--no-resolver', '--ci', gate, '--jobs', String(places), '--landing', landing];
    if (keepsWorkspaces) args.push('--keep-workspaces');
    const begin = now();
    const child = spawn(process.execPath, ['--require', hook, launcher, ...args], {
      cwd: site.root,
      env: plainEnvironment({ GIT_TRACE2_EVENT: trace, BENCH_USAGE: usage }),
      timeout: LIMIT_MS,
    });
    const told = { landed: [], blocked: [], last: begin, marks: [] };
    let [rest, words] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (part) => {
      const lines = (rest + part).split('\n');
      rest = lines.pop();
      for (const line of lines) listen(told, JSON.parse(line));
    });
    child.stderr.setEncoding('utf8').on('data', (part) => (words += part));
    child.stdin.end(site.candidates.map(({ line }) => `${line}\n`).join(''));
    const [status, signal] = await once(child, 'close');
    const { landed, blocked, last, marks } = told;
    if (![0, 1, 2, 3].includes(status)) throw new Error(`ralph-integrate ended with ${status ?? signal}: ${words}`);
    const git = gitRuns(readFileSync(trace, 'utf8'));
    const others = covered([...site.gateRuns().spans, ...git.spans], [begin, last]);
    const cpu = Number(readFileSync(usage, 'utf8'));
    // Workspaces that are still to be removed keep nobody waiting for what has landed.
    const [wall, after] = [last - begin, now() - last];
    return { landed, blocked, wall, after, own: wall - others, cpu, gitCalls: tally(git.commands), marks, begin };
  };
}

function listen(told, { type, task_id, at }) {
  told.marks.push({ type, task_id, at: Date.parse(at) });
  if (type === 'task.completed') told.landed.push(task_id);
  else if (type === 'task.blocked' || type === 'task.failed') told.blocked.push(task_id);
  else return;
  told.last = now();
}

/** Milliseconds since 1970, finer than `Date` tells them. */
function now() {
  return performance.timeOrigin + performance.now();
}
