import { watch, type FSWatcher } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { asIoFailure, Failure } from '../contract/failure.ts';
import { folderKey, pathSteps, WayMemory } from './path-steps.ts';

interface WatchedFolder {
  readonly folder: string;
  readonly watcher: FSWatcher;
  names: ReadonlySet<string>;
}

type WantedFolder = Omit<WatchedFolder, 'watcher'>;

export interface FolderWatchesOptions {
  /** Real path of a folder that is there. */
  readonly root: string;
  readonly paths: readonly string[];
  /** Something has happened to a name on the way to one of the paths. */
  readonly onNotice: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** How often the way to a file is followed anew at once, when it changes under our hands, before others get a turn. */
const ROUNDS = 20;

/** A watch on each folder on the way to some files, for the next name on it. */
export class FolderWatches {
  readonly #options: FolderWatchesOptions;
  readonly #rootKey: string | undefined;
  readonly #watched = new Map<string, WatchedFolder>();

  constructor(options: FolderWatchesOptions) {
    this.#options = options;
    this.#rootKey = folderKey(options.root);
  }

  /**
   * Watches what is on the way now and nothing else; follows it again until nothing new has come on it meanwhile.
   *
   * @throws Failure `io` when the system has no watch left or the root is not there, `permission`
   */
  arm(): void {
    for (let round = 0; round < ROUNDS; round += 1) {
      const wanted = this.#wanted();
      for (const [key, { watcher }] of this.#watched) {
        if (wanted.has(key)) continue;
        watcher.close();
        this.#watched.delete(key);
      }
      let again = false;
      for (const [key, want] of wanted) {
        const known = this.#watched.get(key);
        if (known?.folder === want.folder) known.names = want.names;
        else if (this.#watch(key, want)) again = true;
      }
      if (!again) return;
    }
    this.#options.onNotice();
  }

  close(): void {
    for (const { watcher } of this.#watched.values()) watcher.close();
    this.#watched.clear();
  }

  #wanted(): Map<string, WantedFolder> {
    const { root, paths } = this.#options;
    if (this.#rootKey === undefined || folderKey(root) !== this.#rootKey) throw rootGone(root);
    const wanted = new Map<string, WantedFolder>();
    const memory = new WayMemory();
    for (const { key, folder, name } of paths.flatMap((path) => pathSteps(root, relative(root, path), memory))) {
      wanted.set(key, { folder, names: new Set([name, ...(wanted.get(key)?.names ?? [])]) });
    }
    return wanted;
  }

  /** Returns whether the way has to be followed again: what happened before this watch was not told. */
  #watch(key: string, { folder, names }: WantedFolder): boolean {
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
      this.#options.onNotice();
    });
    watcher.on('error', (error) => this.#options.onFailure(watchFailure(error, folder)));
    return true;
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
