import { watch, type FSWatcher } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { timerMs } from '../cli/timer-ms.ts';
import { asIoFailure, Failure } from '../contract/failure.ts';
import { folderKey, pathSteps, type PathStep } from './path-steps.ts';

export interface PathWatchOptions {
  /** Real path of a folder that is there; the watch fails when it goes. */
  readonly root: string;
  /** Files below the root, which need not be there, nor their folders. */
  readonly paths: readonly string[];
  readonly signal: AbortSignal;
}

interface WatchedFolder {
  readonly folder: string;
  readonly watcher: FSWatcher;
  names: ReadonlySet<string>;
}

/** How often the way to a file is followed anew at once, when it changes under our hands, before others get a turn. */
const ROUNDS = 20;

/**
 * Tells when a file may have changed: it appeared, was written, replaced or removed, or a folder on the way to it was.
 * By the notice of the file system alone, which comes from this machine only. It watches each folder on the way for the
 * next name on it, from the root down and through symlinks, and begins anew where a folder was made again.
 *
 * The watch stands when it has been made: whoever reads the file after that misses no later change. It keeps the process
 * alive until `close`.
 *
 * @throws Failure `io` when the system has no watch left or the root is gone, `permission` when a folder cannot be read
 */
export class PathWatch {
  readonly #options: PathWatchOptions;
  readonly #rootKey: string | undefined;
  readonly #watched = new Map<string, WatchedFolder>();
  #changed = false;
  #failure: Error | undefined;
  #turn: NodeJS.Immediate | undefined;
  #closed = false;
  #wake = () => {};
  readonly #notice = () => this.#touch();

  constructor(options: PathWatchOptions) {
    this.#options = options;
    this.#rootKey = folderKey(options.root);
    options.signal.addEventListener('abort', this.#wakeUp);
    // What happens while we are stopped may be more than the system keeps for us.
    process.on('SIGCONT', this.#notice);
    try {
      this.#arm();
    } catch (error) {
      this.close();
      throw error;
    }
    this.#changed = false;
  }

  /**
   * Settles when something may have changed since the last call settled so, and at once where it has already; any
   * number of changes is told once. With `stopped` after the signal, with `time` after the limit.
   *
   * @param limitMs milliseconds, without a limit where it is infinite
   * @throws Failure as the constructor
   */
  async next(limitMs = Number.POSITIVE_INFINITY): Promise<'changed' | 'stopped' | 'time'> {
    if (!this.#isSettled()) await this.#rest(limitMs);
    if (this.#options.signal.aborted) return 'stopped';
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#changed) return 'time';
    this.#changed = false;
    return 'changed';
  }

  /** Lets go of everything; a call of `next` that waits settles. */
  close(): void {
    this.#closed = true;
    clearImmediate(this.#turn);
    process.off('SIGCONT', this.#notice);
    this.#options.signal.removeEventListener('abort', this.#wakeUp);
    for (const { watcher } of this.#watched.values()) watcher.close();
    this.#watched.clear();
    this.#wake();
  }

  readonly #wakeUp = () => this.#wake();

  #isSettled(): boolean {
    return this.#closed || this.#changed || this.#failure !== undefined || this.#options.signal.aborted;
  }

  async #rest(limitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (limitMs !== Number.POSITIVE_INFINITY) timer = setTimeout(resolve, timerMs(limitMs));
    });
    clearTimeout(timer);
  }

  /** Something has happened on the way; what comes in the same turn is looked at together. */
  #touch(): void {
    if (this.#closed || this.#turn !== undefined) return;
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      try {
        this.#arm();
      } catch (error) {
        this.#fail(error);
      }
      this.#changed = true;
      this.#wake();
    });
  }

  /** Watches what is on the way now and nothing else; follows it again until nothing new has come on it meanwhile. */
  #arm(): void {
    for (let round = 0; round < ROUNDS; round += 1) {
      const wanted = this.#wanted();
      for (const [key, { watcher }] of this.#watched) {
        if (wanted.has(key)) continue;
        watcher.close();
        this.#watched.delete(key);
      }
      let added = false;
      for (const [key, { folder, names }] of wanted) {
        const known = this.#watched.get(key);
        if (known?.folder === folder) {
          known.names = names;
        } else if (this.#watch(key, folder, names)) {
          added = true;
        }
      }
      if (!added) return;
    }
    this.#touch();
  }

  #wanted(): Map<string, { folder: string; names: Set<string> }> {
    const { root, paths } = this.#options;
    if (this.#rootKey === undefined || folderKey(root) !== this.#rootKey) throw rootGone(root);
    const wanted = new Map<string, { folder: string; names: Set<string> }>();
    const steps: PathStep[] = paths.flatMap((path) => pathSteps(root, relative(root, path)));
    for (const { key, folder, name } of steps) {
      const entry = wanted.get(key);
      if (entry === undefined) wanted.set(key, { folder, names: new Set([name]) });
      else entry.names.add(name);
    }
    return wanted;
  }

  /** Returns whether the way has to be followed again: what happened before this watch was not told. */
  #watch(key: string, folder: string, names: ReadonlySet<string>): boolean {
    this.#watched.get(key)?.watcher.close();
    this.#watched.delete(key);
    let watcher: FSWatcher;
    try {
      watcher = watch(folder);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return true;
      // A symlink may lead through folders of others, which hardly ever move.
      if (code === 'EACCES' && !isWithin(this.#options.root, folder)) return false;
      throw watchFailure(error, folder);
    }
    const watched: WatchedFolder = { folder, watcher, names };
    this.#watched.set(key, watched);
    watcher.on('change', (kind, name) => {
      // Its own name tells that the folder itself has gone or moved. One made in its place may get the same number.
      if (kind === 'rename' && name === basename(folder)) this.#forget(key, watched);
      else if (typeof name === 'string' && !watched.names.has(name)) return;
      this.#touch();
    });
    watcher.on('error', (error) => {
      this.#fail(watchFailure(error, folder));
      this.#wake();
    });
    return true;
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
  }

  #forget(key: string, watched: WatchedFolder): void {
    watched.watcher.close();
    if (this.#watched.get(key) === watched) this.#watched.delete(key);
  }
}

function isWithin(root: string, folder: string): boolean {
  return join(folder, '/').startsWith(join(root, '/'));
}

function rootGone(root: string): Failure {
  return new Failure('io', `the folder is gone, and nothing in it can be watched any more: ${root}`, {
    hint: 'run the command again where the repository is now',
    details: { path: root },
  });
}

function watchFailure(error: unknown, folder: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'EMFILE' && code !== 'ENOSPC') return asIoFailure(error, `watch ${folder}`);
  return new Failure('io', `cannot watch ${folder}: ${code}: the system has no watch left`, {
    cause: error,
    hint: 'see what watches files, or raise sysctl fs.inotify.max_user_instances, fs.inotify.max_user_watches and ulimit -n',
    details: { path: folder, errno: code },
  });
}
