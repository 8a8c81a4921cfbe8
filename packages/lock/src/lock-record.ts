import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { readAgain } from '@ralph/protocol/process/read-again';
import { lightJson } from '@ralph/protocol/contract/light-json';
import { withoutCredentials } from '@ralph/protocol/cli/credentials';
import { VERSION } from '@ralph/protocol/cli/version';
import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import { pidNamespace } from '@ralph/protocol/process/pid-namespace';
import { bootId, identityOf } from '@ralph/protocol/process/process-identity';
import { randomHex } from '@ralph/protocol/process/random-hex';

/** ralph-core keeps this many characters of the prompt and three dots. */
const PROMPT_LIMIT = 100;

const TEXTS = new Set(['start_time', 'token', 'boot_id', 'host', 'user', 'cwd', 'version', 'pid_namespace']);

/** A record is below a thousand bytes; what is longer than this is no record. */
const MOST_BYTES = 64 * 1024;

export interface HolderParts {
  readonly token: string;
  readonly prompt: string | undefined;
  /** The process for which it holds the lock, where that is another. */
  readonly ownerPid?: number;
  /** Whether its command gets the lock as well. */
  readonly inherited?: boolean;
}

/** Returns what tells one take of a lock from any other. */
export function newToken(): string {
  return randomHex(4);
}

/** Returns the record of this process as the holder from now on. */
export function ownRecord({ token, prompt, ownerPid, inherited = false }: HolderParts): LockRecord {
  const owner = ownerPid === undefined ? undefined : identityOf(ownerPid);
  const namespace = pidNamespace();
  return {
    pid: process.pid,
    started: new Date().toISOString(),
    prompt: shortPrompt(prompt),
    state: 'held',
    start_time: identityOf(process.pid)?.start_time ?? '',
    token,
    boot_id: bootId(),
    host: hostname(),
    user: userName(),
    cwd: process.cwd(),
    version: VERSION,
    ...(namespace === undefined ? {} : { pid_namespace: namespace }),
    ...(inherited ? { inherited } : {}),
    ...(owner === undefined ? {} : { owner: { pid: owner.pid, start_time: owner.start_time } }),
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

/**
 * Cuts a prompt as ralph-core does (its loop lock, part D1 of the reference): 100 characters, whole ones. The user and
 * password of an address are left out, since everybody who may read the folder may read the record.
 */
export function shortPrompt(prompt: string | undefined): string {
  if (prompt === undefined || prompt === '') return '[no prompt]';
  const characters = [...withoutCredentials(prompt)];
  return characters.length <= PROMPT_LIMIT ? characters.join('') : `${characters.slice(0, PROMPT_LIMIT).join('')}...`;
}

/**
 * Returns the last record of a lock file, held or not; nothing when it cannot be read as one. It reads until two
 * readings agree, since a writer may be at work in the first.
 */
export function readRecord(path: string): LockRecord | undefined {
  const text = readSettled(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = lightJson(text);
    return isRecord(value) ? withoutMisfits(value) : undefined;
  } catch {
    return undefined;
  }
}

/** Leaves out what has our names and not our types: others may write into the file what they like. */
function withoutMisfits(record: LockRecord): LockRecord {
  return Object.fromEntries(Object.entries(record).filter(([key, value]) => fits(key, value))) as LockRecord;
}

function fits(key: string, value: unknown): boolean {
  if (TEXTS.has(key)) return typeof value === 'string';
  if (key === 'state') return value === 'held' || value === 'released';
  if (key === 'inherited') return typeof value === 'boolean';
  if (key !== 'owner') return true;
  const { pid, start_time } = (value ?? {}) as Record<string, unknown>;
  return Number.isInteger(pid) && typeof start_time === 'string';
}

const MOST_READINGS = 20;

function readSettled(path: string): string | undefined {
  let fd: number | undefined;
  try {
    // Without waiting: somebody may have put a pipe there.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const file = fstatSync(fd);
    if (!file.isFile() || file.size > MOST_BYTES) return undefined;
    let before = readAll(fd);
    for (let reading = 1; reading < MOST_READINGS; reading += 1) {
      const now = readAll(fd);
      if (now.equals(before)) break;
      before = now;
    }
    return before.toString('utf8');
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Reads up to twice what a record of ours may come to, or all that there is when it is more. */
function readAll(fd: number): Buffer {
  const buffer = Buffer.allocUnsafe(Math.max(2048, fstatSync(fd).size + 1));
  return buffer.subarray(0, readAgain(fd, buffer, 0, buffer.length, 0));
}

function isRecord(value: unknown): value is LockRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, started, prompt } = value as Record<string, unknown>;
  return Number.isInteger(pid) && typeof started === 'string' && typeof prompt === 'string';
}
