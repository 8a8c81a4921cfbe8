import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeSampleRepository } from './sample-repository.mjs';

const recorder = fileURLToPath(new URL('loader/record-code-cache.cjs', import.meta.url));

/** Far more than a run takes, should one ever hang: `npm ci` must not. */
const LIMIT_MS = 30_000;

const EVENT = {
  v: 1,
  type: 'task.failed',
  at: '2026-01-01T00:00:00.000Z',
  task_id: 'RQ-0001',
  attempt: 2,
  reason: 'x',
  code: 'agent_failed',
};

/**
 * What each program is run with, one run after the other: what people start often. Reading a cache takes time by its
 * size, so that code which only long commands need is left out. A later run leaves what it does not load.
 */
const RUNS = {
  lock: (repo) => [['run', '--repo', repo, '--prompt', 'x', '--', process.execPath, '--version']],
  state: (repo) => [
    ['apply', '--repo', repo],
    ['list', '--repo', repo],
  ],
  worker: () => [['--version']],
  integrate: () => [['--version']],
  orchestrate: () => [['--version']],
};

/**
 * Makes the code caches of a built program by running it; returns why there are none, if so. The status of the run does not
 * matter: where there is no flock(1), what came up to there is worth keeping all the same.
 */
export function makeCodeCache(name, folder) {
  let scratch;
  try {
    scratch = mkdtempSync(join(tmpdir(), 'ralph-build-'));
    makeSampleRepository(scratch);
    for (const args of RUNS[name](scratch)) {
      const { error, signal, stderr } = spawnSync(process.execPath, [recorder, folder, ...args], {
        cwd: scratch,
        env: { PATH: process.env['PATH'] },
        input: `${JSON.stringify(EVENT)}\n`,
        encoding: 'utf8',
        timeout: LIMIT_MS,
        killSignal: 'SIGKILL',
      });
      if (existsSync(join(folder, 'program.cache'))) continue;
      return error?.message ?? (signal === null ? stderr.trim() : `its run ended by ${signal}`);
    }
    return undefined;
  } catch (error) {
    return error.message;
  } finally {
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  }
}
