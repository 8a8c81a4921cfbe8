import { closeSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { asIoFailure } from '@ralph/protocol/contract/failure';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { dropFile } from '@ralph/protocol/process/drop-file';
import { KeptLog } from '@ralph/protocol/process/kept-log';
import { olderLogPath } from '@ralph/protocol/process/older-log';
import type { Candidate } from '../candidate/candidate.ts';
import type { Gate } from './gate-settings.ts';

/** Returns the file that gets the output of a gate. */
export function gateLogPath(root: string, { taskId, attempt }: Candidate, { logName }: Pick<Gate, 'logName'>): string {
  const of = logName === undefined ? 'ci' : `ci.${logName}`;
  return join(root, RALPH_PATHS.logs, `${taskId}.${attempt}.${of}.log`);
}

/** Returns the log of the first of two runs on the same tree. Gates have no dots in their names. */
export function firstLogPath(path: string): string {
  return `${path}.first`;
}

/** Returns the log of the run on what the work stands on. */
export function baseLogPath(path: string): string {
  return `${path}.base`;
}

/** Removes what earlier judgings have left beside a log. */
export function dropOlderRuns(path: string): void {
  for (const other of [firstLogPath(path), baseLogPath(path)]) dropWhole(other);
}

/** A log that is kept within its limit, and where the gate writes. */
export interface OpenLog {
  readonly log: KeptLog;
  readonly fd: number;
  close(): void;
}

/**
 * Begins a log anew; only the user can read it.
 *
 * @throws Failure `io` or its kin
 */
export function openGateLog(path: string, limitBytes: number): OpenLog {
  try {
    dropWhole(path);
    const log = new KeptLog(path, limitBytes);
    // Appended to, so that what is written goes on at the new end when it is cut.
    const fd = openSync(path, 'a');
    const close = () => {
      closeSync(fd);
      log.close();
    };
    return { log, fd, close };
  } catch (error) {
    throw asIoFailure(error, `write the log ${path}`);
  }
}

/** Sets a log aside as that of the first run. */
export function keepFirstLog(path: string): void {
  moveIfThere(path, firstLogPath(path));
  moveIfThere(olderLogPath(path), olderLogPath(firstLogPath(path)));
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw asIoFailure(error, `move the log ${from}`);
  }
}

function dropWhole(path: string): void {
  dropFile(path);
  dropFile(olderLogPath(path));
}
