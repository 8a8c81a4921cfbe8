import { open } from 'node:fs/promises';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { Failure } from '@ralph/protocol/contract/failure';
import { findRepository } from '@ralph/protocol/process/repository';
import { loggedAttempts, logPath } from '../agent/agent-log.ts';
import type { LOGS_OPTIONS } from '../options.ts';
import { requireSafeId } from '../site/workspace-path.ts';

const CHUNK_BYTES = 64 * 1024;

/** `ralph-worker logs`: what the agent wrote, as it wrote it. */
export async function run({ args, operands, output, stop }: Call<typeof LOGS_OPTIONS>): Promise<Result> {
  const [taskId = ''] = operands;
  requireSafeId(taskId);
  const { root } = findRepository(args.repo);
  const attempts = await loggedAttempts(root, taskId);
  const attempt = args.attempt ?? attempts.at(-1);
  if (attempt === undefined || !attempts.includes(attempt)) throw noLog(taskId, attempt, attempts);
  const file = await open(logPath(root, taskId, attempt), 'r');
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    while (!stop.signal.aborted) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) break;
      await output.write(Uint8Array.from(buffer.subarray(0, bytesRead)));
    }
  } finally {
    await file.close();
  }
  return {};
}

function noLog(taskId: string, attempt: number | undefined, attempts: readonly number[]): Failure {
  const which = attempt === undefined ? taskId : `attempt ${attempt} at ${taskId}`;
  const hint =
    attempts.length === 0 ? 'check the id: ralph-state list' : `there are logs of attempt ${attempts.join(', ')}`;
  return new Failure('record_not_found', `no log of ${which}`, { hint, taskId });
}
