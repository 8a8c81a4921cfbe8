import { accessSync, constants, existsSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asIoFailure } from '@ralph/protocol/contract/failure';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { leftNextFiles } from '@ralph/protocol/process/next-file';
import { readDamagedText } from '../store/document-text.ts';
import { QueueStore } from '../store/queue-store.ts';
import { StateStore } from '../store/state-store.ts';
import type { WriteLock } from '../store/write-lock.ts';
import type { Finding } from './finding.ts';
import { keepCopies } from './kept-copies.ts';
import { mendQueues } from './queue-repair.ts';
import { mendState } from './state-repair.ts';

export interface Repair {
  readonly findings: readonly Finding[];
  /** The copy that was kept of each file that was changed, by the path of the file. */
  readonly copies: ReadonlyMap<string, string>;
}

/**
 * Looks through the state file, the queue and the done file of a repository and mends what can be mended: what it is to
 * become is known, and a copy of each file kept, before the first one is touched; each is then replaced whole.
 *
 * @param lock the write lock; without it nothing is changed
 * @throws Failure `state_newer`, `file_too_large`, `permission`, `disk_full` or `io`
 */
export async function repairFiles(root: string, lock: WriteLock | undefined, now: Date): Promise<Repair> {
  const states = new StateStore(root);
  const queues = new QueueStore(root);
  const texts = queues.texts();
  const { state, findings: inState } = await mendState(readDamagedText(states.path), states.path, now);
  const { changed, findings: inQueues } = await mendQueues(texts, now, lock === undefined);
  const leftovers = [states.path, texts.queue.path, texts.done.path].flatMap(leftBeside);
  const findings = [...inState, ...inQueues, ...leftovers.map(leftoverFinding)];
  if (lock === undefined) return { findings, copies: new Map() };
  const queueFiles = [changed.done, changed.queue].filter((document) => document !== undefined);
  const files = [...queueFiles.map(({ path }) => path), ...(state === undefined ? [] : [states.path])];
  for (const file of files) requireWritable(file);
  const copies = keepCopies(join(root, RALPH_PATHS.repair), files, now);
  for (const document of queueFiles) await queues.replace(lock, document);
  if (state !== undefined) await states.write(lock, state);
  for (const file of leftovers) removeFile(file);
  return { findings, copies };
}

/** The next file of a link stands beside what the link leads to. */
function leftBeside(path: string): string[] {
  const real = existsSync(path) ? realpathSync(path) : path;
  try {
    return [...new Set([...leftNextFiles(path), ...leftNextFiles(real)])];
  } catch (error) {
    throw asIoFailure(error, `look through the folder of ${path}`);
  }
}

function leftoverFinding(file: string): Finding {
  const problem = 'what a writer that was killed had not put in place';
  return { code: 'leftover', file, at: undefined, problem, action: 'it is removed', mendable: true };
}

/** A file is replaced by renaming, which its own mode does not hinder; who took the right to write it meant it. */
function requireWritable(file: string): void {
  try {
    accessSync(file, constants.W_OK);
    accessSync(dirname(realpathSync(file)), constants.W_OK);
  } catch (error) {
    throw asIoFailure(error, `write ${file}`);
  }
}

function removeFile(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch (error) {
    throw asIoFailure(error, `remove ${file}`);
  }
}
