import { open } from 'node:fs/promises';
import type { Call, Result } from '@ralph/protocol/cli/program';
import type { RedactedStream } from '@ralph/protocol/cli/redacted-stream';
import { findRepository } from '@ralph/protocol/process/repository';
import { loggedAttempts, logPath } from '../agent/agent-log.ts';
import { olderLogPath } from '@ralph/protocol/process/older-log';
import { Secrets } from '@ralph/protocol/process/secrets';
import { followLog } from '../logs/follow-log.ts';
import { noLog } from '../logs/no-log.ts';
import type { LOGS_OPTIONS } from '../options.ts';
import { workspaceRoot } from '../site/workspace-root.ts';
import { requireSafeId } from '../site/workspace-path.ts';
import { join } from 'node:path';
import { readFrom } from '@ralph/protocol/process/read-again';

const CHUNK_BYTES = 64 * 1024;

type LogsCall = Call<typeof LOGS_OPTIONS>;

/** `ralph-worker logs`: what the agent wrote, without secrets or, when asked to, as it wrote it. */
export async function run(call: LogsCall): Promise<Result> {
  const { args, operands } = call;
  const [taskId = ''] = operands;
  requireSafeId(taskId);
  const { root } = findRepository(args.repo);
  if (args.follow) {
    const workspace = join(workspaceRoot(root, args['workspace-root']).path, taskId);
    const redaction = () => {
      if (args.reveal) return undefined;
      const secrets = new Secrets(root);
      return { stream: secrets.redaction.stream(), learn: () => secrets.learnFrom(workspace) };
    };
    await followLog(call, { repoRoot: root, taskId, attempt: args.attempt, redaction });
    return {};
  }
  const attempts = loggedAttempts(root, taskId);
  const attempt = args.attempt ?? attempts.at(-1);
  if (attempt === undefined || !attempts.includes(attempt)) throw noLog(taskId, attempt, attempts);
  const redacted = args.reveal ? undefined : secretsOf(root, args['workspace-root'], taskId).redaction.stream();
  const path = logPath(root, taskId, attempt);
  const files = await openBoth(path);
  try {
    for (const file of files) await print(call, file, redacted);
    if (redacted !== undefined) await call.output.write(Buffer.from(redacted.end(), 'latin1'));
  } finally {
    for (const file of files) await file.close();
  }
  return {};
}

function secretsOf(root: string, workspaces: string | undefined, taskId: string): Secrets {
  const secrets = new Secrets(root);
  secrets.learnFrom(join(workspaceRoot(root, workspaces).path, taskId));
  return secrets;
}

/** The newer one is opened first: what becomes the older one in between is then not missed. */
async function openBoth(path: string) {
  const newer = await open(path, 'r');
  const older = await open(olderLogPath(path), 'r').catch(() => undefined);
  return older === undefined ? [newer] : [older, newer];
}

async function print(
  { output, stop }: LogsCall,
  file: Awaited<ReturnType<typeof open>>,
  redacted: RedactedStream | undefined,
): Promise<void> {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  while (!stop.signal.aborted) {
    const bytesRead = await readFrom(file, buffer, buffer.length);
    if (bytesRead === 0) return;
    const bytes = buffer.subarray(0, bytesRead);
    if (redacted === undefined) await output.write(Uint8Array.from(bytes));
    else await output.write(Buffer.from(redacted.push(bytes.toString('latin1')), 'latin1'));
  }
}
