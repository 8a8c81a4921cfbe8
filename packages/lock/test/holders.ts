import { spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtProgram, runProgram, startProgram } from '@ralph/protocol/testing/run-built-program';

/** Returns the lock file of a repository. */
export function lockFile(root: string): string {
  return join(root, '.ralph/loop.lock');
}

/** Returns the launcher of ralph-lock, for tests that start it below another program. */
export function launcher(): string {
  return builtProgram('ralph-lock');
}

/** Starts `ralph-lock hold` and returns when it has the lock. */
export async function hold(root: string, ...options: readonly string[]): Promise<ChildProcessWithoutNullStreams> {
  const child = startProgram('ralph-lock', ['hold', ...options], { cwd: root });
  await once(child.stdout, 'data');
  return child;
}

/** Starts a command that has to wait for the lock and returns when it has said so. */
export async function startWaiter(root: string, args: readonly string[]): Promise<ChildProcessWithoutNullStreams> {
  const child = startProgram('ralph-lock', args, { cwd: root });
  await once(child.stderr, 'data');
  return child;
}

/** Tells whether flock(1) finds the lock held. */
export function isLocked(root: string): boolean {
  return spawnSync('flock', ['-n', '-E', '9', lockFile(root), 'true']).status === 9;
}

/** Returns what the lock file holds. */
export function recordIn(root: string): Record<string, unknown> {
  return JSON.parse(readFileSync(lockFile(root), 'utf8')) as Record<string, unknown>;
}

/** Returns what `ralph-lock status` prints. */
export async function status(cwd: string): Promise<unknown> {
  const { stdout } = await runProgram('ralph-lock', ['status'], { cwd });
  return JSON.parse(stdout);
}
