import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { SiblingName } from '../process/sibling-command.ts';
import { testEnvironment } from './test-environment.ts';

export interface RunOptions {
  readonly cwd: string;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Transcript {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Returns the launcher of a program as npm links it: of the one that was built here, or of the one that is installed in the
 * folder of packages that `RALPH_TEST_PROGRAMS` names.
 */
export function builtProgram(name: SiblingName): string {
  const installed = process.env['RALPH_TEST_PROGRAMS'];
  if (installed !== undefined) return join(installed, name, 'bin', `${name}.cjs`);
  return fileURLToPath(new URL(`../../../${name.replace('ralph-', '')}/bin/${name}.cjs`, import.meta.url));
}

/** Starts the built program; it is killed when the test ends, should it still run. */
export function startProgram(
  name: SiblingName,
  args: readonly string[],
  options: RunOptions,
): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [builtProgram(name), ...args], {
    cwd: options.cwd,
    env: { ...testEnvironment(), ...options.env },
  });
  child.stdin.on('error', () => {});
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Runs the built program to its end, with the given stdin, and returns all that a caller can see of it. */
export async function runProgram(name: SiblingName, args: readonly string[], options: RunOptions): Promise<Transcript> {
  const child = startProgram(name, args, options);
  child.stdin.end(options.stdin ?? '');
  return transcriptOf(child);
}

/** Collects what a started program prints until it ends. */
export function transcriptOf(child: ChildProcessWithoutNullStreams): Promise<Transcript> {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ status: code ?? (signal === null ? null : 128), stdout, stderr }));
  });
}

/** Reads NDJSON as it stands on stdout. */
export function records(stdout: string): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Returns the error record that a program left as the last line of stderr. */
export function errorRecord(stderr: string): Record<string, unknown> {
  const last = stderr.trimEnd().split('\n').at(-1) ?? '';
  return (JSON.parse(last) as { error: Record<string, unknown> }).error;
}
