import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeSampleRepository } from './sample-repository.mjs';

const recorder = fileURLToPath(new URL('loader/record-code-cache.cjs', import.meta.url));

/** Far more than a run takes, should one ever hang: `npm ci` must not. */
const LIMIT_MS = 30_000;

/**
 * What each program is run with: what people start often. Reading a cache takes time by its size, so that code which only
 * long commands need is left out.
 */
const RUNS = {
  lock: (repo) => ['run', '--repo', repo, '--prompt', 'x', '--', process.execPath, '--version'],
  state: (repo) => ['list', '--repo', repo],
  worker: () => ['--version'],
  integrate: () => ['--version'],
  orchestrate: () => ['--version'],
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
    const { error, signal, stderr } = spawnSync(process.execPath, [recorder, folder, ...RUNS[name](scratch)], {
      cwd: scratch,
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    if (existsSync(join(folder, 'program.cache'))) return undefined;
    return error?.message ?? (signal === null ? stderr.trim() : `its run ended by ${signal}`);
  } catch (error) {
    return error.message;
  } finally {
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  }
}
