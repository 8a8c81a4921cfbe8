import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StateFile } from '@ralph/protocol/contract/state-file';
import { runProgram, type Transcript } from '@ralph/protocol/testing/run-built-program';

export const STATE = '.ralph/cache/parallel/state.json';
export const QUEUE = '.ralph/queue.jsonc';
export const DONE = '.ralph/done.jsonc';

/** Runs the built ralph-state in a folder. */
export function ralphState(cwd: string, args: readonly string[], stdin = ''): Promise<Transcript> {
  return runProgram('ralph-state', args, { cwd, stdin });
}

/** Reads the state file as any other program would: plain JSON. */
export function stateOnDisk(root: string): StateFile {
  return JSON.parse(readFileSync(join(root, STATE), 'utf8')) as StateFile;
}

/** Returns the ids of the tasks in a file; none when there is no file. */
export function idsOnDisk(root: string, file: string): string[] {
  const path = join(root, file);
  if (!existsSync(path)) return [];
  return (JSON.parse(readFileSync(path, 'utf8')) as { tasks: { id: string }[] }).tasks.map(({ id }) => id);
}

/** Returns what stands beside the state file. */
export function besideState(root: string): string[] {
  return readdirSync(join(root, '.ralph/cache/parallel')).toSorted();
}
