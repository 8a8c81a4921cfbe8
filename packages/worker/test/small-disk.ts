import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { onTestFinished, type TestContext } from 'vitest';
import { builtProgram, transcriptOf, type Transcript } from '@ralph/protocol/testing/run-built-program';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';

/** Skips a test where {@link smallDisk} can make none. */
export function requireMount(context: TestContext): void {
  const { status } = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt']);
  if (status !== 0) context.skip('this machine lets nobody mount a small disk');
}

/** A disk of a few megabytes that only the programs started through it see. */
export interface SmallDisk {
  /** Runs a built program, or another, to its end. */
  run(command: readonly string[], options: { readonly cwd: string; readonly stdin?: string }): Promise<Transcript>;
}

/** Returns the words that start a built program. */
export function program(name: Parameters<typeof builtProgram>[0], ...args: readonly string[]): string[] {
  return [process.execPath, builtProgram(name), ...args];
}

/** Mounts a small disk on a folder; it is gone when the test ends. */
export async function smallDisk(folder: string, megabytes: number): Promise<SmallDisk> {
  mkdirSync(folder, { recursive: true });
  const script = `mount -t tmpfs -o size=${megabytes}m none "$0" && echo ready && exec cat`;
  const holder = spawn('unshare', ['-rm', 'sh', '-c', script, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  return {
    run: async (command, { cwd, stdin = '' }) => {
      const words = [
        '-t',
        String(holder.pid),
        '-m',
        '-U',
        '--preserve-credentials',
        'sh',
        '-c',
        'cd "$0" && exec "$@"',
        cwd,
        ...command,
      ];
      const child = spawn('nsenter', words, { env: testEnvironment() });
      onTestFinished(() => void child.kill('SIGKILL'));
      // It may end before it has read everything.
      child.stdin.on('error', () => {});
      child.stdin.end(stdin);
      return transcriptOf(child);
    },
  };
}
