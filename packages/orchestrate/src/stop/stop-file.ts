import { renameSync, statSync } from 'node:fs';
import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import { dropFile } from '@ralph/protocol/process/drop-file';
import { fileStamp } from '@ralph/protocol/process/file-stamp';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { isRun, judgeStop, type StoppableRun } from './judge-stop.ts';

/** The file in which a run is asked to stop, as the run that holds the loop lock sees it. */
export class StopFile {
  readonly path: string;
  readonly #run: StoppableRun;
  #looked = false;
  #known: string | undefined;

  constructor(path: string, run: StoppableRun) {
    this.path = path;
    this.#run = run;
  }

  /** Tells whether the run is asked to stop. A request that was left for an earlier run is taken away. */
  isAsked(): boolean {
    const stamp = fileStamp(this.path);
    const appeared = this.#looked && stamp !== this.#known;
    this.#looked = true;
    const isOld = stamp === this.#known;
    this.#known = stamp;
    if (stamp === undefined || isOld || isFolder(this.path)) return false;
    if (this.#judge(this.path, appeared) !== 'stale') return true;
    // A new one may take its place at any instant: what is dropped is what was judged.
    const aside = `${this.path}.stale`;
    renameSync(this.path, aside);
    const isNew = this.#judge(aside, appeared) === 'obey';
    dropFile(aside);
    this.#known = undefined;
    return isNew;
  }

  /** Takes away whatever request there is: the run is at its end. */
  takeAway(): void {
    if (!isFolder(this.path)) dropFile(this.path);
  }

  #judge(path: string, appeared: boolean): 'obey' | 'stale' {
    return judgeStop({ text: readText(path), writtenAt: statSync(path).mtimeMs, appeared }, this.#run);
  }
}

/** Tells whether a request stands that the holder of the loop lock heeds, to somebody who only looks. */
export function stopStands(path: string, holder: LockRecord | undefined): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (holder === undefined || !isRun(holder) || found === undefined || found.isDirectory()) return false;
  const seen = { text: readText(path), writtenAt: found.mtimeMs, appeared: false };
  return judgeStop(seen, { holder, since: Date.parse(holder.started) }) === 'obey';
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function readText(path: string): string {
  try {
    return readTextIfPresent(path) ?? '';
  } catch {
    // What cannot be read names nobody.
    return '';
  }
}
