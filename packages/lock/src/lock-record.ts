import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { dirname } from 'node:path';
import { VERSION } from '@ralph/protocol/cli/version';
import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import { bootId, identityOf } from '@ralph/protocol/process/process-identity';

/** ralph-core keeps this many characters of the prompt and three dots. */
const PROMPT_LIMIT = 100;

/** Returns the record of this process as the holder. */
export function ownRecord(prompt: string | undefined): LockRecord {
  return {
    pid: process.pid,
    started: new Date().toISOString(),
    prompt: shortPrompt(prompt),
    state: 'held',
    process_start: identityOf(process.pid)?.start_time ?? '',
    boot_id: bootId(),
    host: hostname(),
    user: userName(),
    token: randomBytes(8).toString('hex'),
    cwd: process.cwd(),
    version: VERSION,
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without a name, as in many containers.
    return String(process.getuid?.() ?? '');
  }
}

/** Cuts a prompt as ralph-core does (its loop lock, part D1 of the reference): 100 characters, whole ones. */
export function shortPrompt(prompt: string | undefined): string {
  if (prompt === undefined || prompt === '') return '[no prompt]';
  const characters = [...prompt];
  return characters.length <= PROMPT_LIMIT ? prompt : `${characters.slice(0, PROMPT_LIMIT).join('')}...`;
}

/**
 * Makes the lock file where it is missing, complete from the first instant: ralph-core takes a held and empty file for
 * a fatal error. Does nothing when somebody else made it first.
 */
export function ensureLockFile(path: string, record: LockRecord): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`;
  const fd = openSync(draft, 'wx', 0o644);
  try {
    writeWhole(fd, serialise({ ...record, state: 'released' }));
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(fd);
    rmSync(draft, { force: true });
  }
}

/**
 * Writes the record over the old one in the file that we hold: one write, padded with blanks to the old length, and
 * only then cut, so that whoever reads at any instant finds one whole record.
 */
export function overwriteRecord(fd: number, record: LockRecord): void {
  const text = serialise(record);
  const before = fstatSync(fd).size;
  const padded = Buffer.concat([text, Buffer.alloc(Math.max(0, before - text.length), ' ')]);
  writeWhole(fd, padded);
  ftruncateSync(fd, text.length);
  fsyncSync(fd);
}

/** Returns the last record of a lock file, held or not; nothing when it cannot be read as one. */
export function readRecord(path: string): LockRecord | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is LockRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, started, prompt } = value as Record<string, unknown>;
  return Number.isInteger(pid) && typeof started === 'string' && typeof prompt === 'string';
}

function serialise(record: LockRecord): Buffer {
  return Buffer.from(JSON.stringify(record, null, 2));
}

function writeWhole(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, done);
}
