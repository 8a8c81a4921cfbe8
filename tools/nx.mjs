// Runs nx targets over all projects: without a daemon, without a cloud, and in CI without its cache.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isMain } from './is-main.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs the targets of every project that has them, at most two at a time; returns the exit status of nx. */
export function runTargets(targets) {
  const inCi = /^(1|true)$/i.test(process.env.CI ?? '');
  const args = ['run-many', '-t', ...targets, '--parallel=2', '--output-style=static'];
  if (inCi) args.push('--skip-nx-cache');
  const { status, error } = spawnSync(`${root}node_modules/.bin/nx`, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_TUI: 'false' },
  });
  if (error !== undefined) throw error;
  return status ?? 70;
}

if (isMain(import.meta.url)) process.exitCode = runTargets(process.argv.slice(2));
