import { createHash } from 'node:crypto';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { readFrom } from '@ralph/protocol/process/read-again';
import { olderNumbers, olderPart } from '../record/log-parts.ts';

/** A file that holds a part of the log of events, by what stays the same when it is renamed. */
export interface LogPart {
  readonly path: string;
  readonly ino: string;
  readonly size: number;
}

/** Of a first line, as much as tells it from any other. */
const HEAD_BYTES = 4096;

/**
 * Returns the parts of a log that are there, the newest first: `events.ndjson`, `events.1.ndjson`, and so on. Looked at
 * in this order none is missed while they are renamed: each goes on to a place that is yet to be looked at.
 */
export async function logParts(path: string): Promise<LogPart[]> {
  const found = new Map<string, LogPart>();
  const most = highestNumber(path);
  for (let number = 0; number <= most + 1; number += 1) {
    const part = await partAt(partPath(path, number));
    if (part !== undefined && !found.has(part.ino)) found.set(part.ino, part);
  }
  return [...found.values()];
}

/** Returns the path of an older part of a log, 0 being the log itself. */
export function partPath(path: string, number: number): string {
  return number === 0 ? path : olderPart(path, number);
}

/** Opens a part, wherever it has gone since it was seen; nothing when it is gone for good. */
export async function openPart(path: string, ino: string): Promise<FileHandle | undefined> {
  for (let look = 0; look < 3; look += 1) {
    const part = (await logParts(path)).find((one) => one.ino === ino);
    if (part === undefined) return undefined;
    const handle = await open(part.path).catch(() => undefined);
    if (handle === undefined) continue;
    if (String((await handle.stat({ bigint: true })).ino) === ino) return handle;
    await handle.close();
  }
  return undefined;
}

/** Returns what a part is known by beside its number, which may be given to another file: its first line, as a hash. */
export async function headOf(handle: FileHandle): Promise<string | undefined> {
  const buffer = Buffer.alloc(HEAD_BYTES);
  const bytesRead = await readFrom(handle, buffer, HEAD_BYTES, 0);
  const end = buffer.subarray(0, bytesRead).indexOf(10);
  // A line that is not whole yet would be another one later.
  if (end === -1 && bytesRead < HEAD_BYTES) return undefined;
  return createHash('sha256')
    .update(buffer.subarray(0, end === -1 ? bytesRead : end))
    .digest('hex');
}

async function partAt(path: string): Promise<LogPart | undefined> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  return stats?.isFile() === true ? { path, ino: String(stats.ino), size: Number(stats.size) } : undefined;
}

/** A folder that cannot be read has the log alone, as far as anybody can tell. */
function highestNumber(path: string): number {
  try {
    return olderNumbers(path).at(-1) ?? 0;
  } catch {
    return 0;
  }
}
