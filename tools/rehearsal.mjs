import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeSampleRepository } from './sample-repository.mjs';

/** Far more than a run takes, should one ever hang: `npm ci` must not. */
const LIMIT_MS = 30_000;

const END = '{"type":"end"}\n';

const TASK = { id: 'RQ-0100', title: 'x', status: 'todo', priority: 'low', created_at: '2026-01-01T00:00:00Z' };

const GIVEN = `${JSON.stringify(TASK)}\n`;

const FAILED = `${JSON.stringify({
  v: 1,
  type: 'task.failed',
  at: '2026-01-01T00:00:00.000Z',
  task_id: TASK.id,
  attempt: 1,
  reason: 'x',
  code: 'agent_failed',
})}\n`;

const AGENT = ['sh', '-c', 'echo x >made'];

/** What is started most, each with a cache of its own: it comes before there is another, whose content it would take over. */
const BRIEF = {
  lock: ['status'],
  state: ['list', 'get RQ-0001', 'status'],
  worker: ['list'],
  integrate: [],
  orchestrate: ['status'],
};

/**
 * What each program is run with besides, one run after the other: what people start often, and what a run of all five starts.
 * A later run leaves in a code cache what it does not need itself.
 */
const RUNS = {
  lock: () => [
    { args: ['hold', '--leash'], input: END },
    { args: ['run', '--prompt', 'x', '--', process.execPath, '--version'] },
    { args: ['status', '--format', 'json'] },
  ],
  state: () => [
    { args: ['preflight', '--report'] },
    { args: ['init', '--quiet', '--target-branch', 'main'] },
    { args: ['apply', '--answer', '--leash'], input: `${FAILED}${END}` },
    { args: ['apply'], input: FAILED },
    { args: ['list', '--format', 'json'] },
  ],
  worker: () => [
    { args: ['preflight', '--report', '--jobs', '2', '--', 'sh'] },
    { args: ['run', '--leash', '--', ...AGENT], input: `${GIVEN}${END}` },
    { args: ['list', '--format', 'json'] },
  ],
  integrate: (repo) => [{ args: ['preflight', '--report'] }, { args: ['run', '--leash'], input: workOf(repo) }],
  orchestrate: () => [{ args: ['run', '--', ...AGENT] }, { args: ['config'] }],
};

const recorder = fileURLToPath(new URL('loader/record-code-cache.cjs', import.meta.url));
const worker = fileURLToPath(new URL('../packages/worker/dist/start.cjs', import.meta.url));

/**
 * Runs a built program for its code caches, in a repository made for that; returns why there are none, if so. The status of
 * a run does not matter: where there is no git or no flock(1), what came up to there is worth keeping all the same.
 */
export function rehearse(name, folder) {
  let scratch;
  try {
    scratch = mkdtempSync(join(tmpdir(), 'ralph-build-'));
    const repo = makeRepository(scratch);
    const brief = ['--version', '--help', ...BRIEF[name]].map((words) => ({ args: words.split(' ') }));
    for (const { args, input = '' } of [...brief, ...RUNS[name](repo)]) {
      const { error, signal, stderr } = start(repo, [recorder, folder, ...args], input);
      if (error !== undefined || signal !== null) return error?.message ?? `its run ended by ${signal}`;
      if (!existsSync(join(folder, 'program.version.cache'))) return stderr.trim();
    }
    return undefined;
  } catch (error) {
    return error.message;
  } finally {
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  }
}

/** Makes a repository with an origin beside it, a task and some records; a part of that where there is no git. */
function makeRepository(scratch) {
  const repo = join(scratch, 'repo');
  mkdirSync(repo);
  const git = (...args) => spawnSync('git', args, { cwd: repo, env: environment(), stdio: 'ignore' });
  git('init', '-q', '--bare', '-b', 'main', '../origin.git');
  git('init', '-q', '-b', 'main');
  git('remote', 'add', 'origin', '../origin.git');
  git('config', 'user.name', 'Build');
  git('config', 'user.email', 'build@example.invalid');
  writeFileSync(join(repo, '.gitignore'), '.ralph/\n.workspaces/\n');
  git('add', '-A');
  git('commit', '-q', '-m', 'start');
  git('push', '-q', 'origin', 'main');
  makeSampleRepository(repo);
  writeFileSync(join(repo, '.ralph/queue.jsonc'), JSON.stringify({ version: 1, tasks: [TASK] }));
  return repo;
}

/** Returns what `ralph-worker` says of a task that it did, for `ralph-integrate` to land; nothing where it is not built. */
function workOf(repo) {
  return existsSync(worker) ? `${start(repo, [worker, 'run', '--', ...AGENT], GIVEN).stdout}${END}` : END;
}

function start(repo, args, input) {
  return spawnSync(process.execPath, args, {
    cwd: repo,
    env: environment(),
    input,
    encoding: 'utf8',
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
}

/** Nobody's own settings have a part in it. */
function environment() {
  return { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
}
