import { lstatSync, readlinkSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, parse, sep } from 'node:path';

/** What has to be watched for one step of the way to a file: a folder, and the name in it that leads on. */
export interface PathStep {
  /** Without a symlink in it. */
  readonly folder: string;
  readonly name: string;
  /** What tells this very folder from another at its place. */
  readonly key: string;
}

const MOST_LINKS = 40;

/** What was found on the ways to several files in one look: they have most of their folders in common. */
export class WayMemory {
  readonly #keys = new Map<string, string | undefined>();
  readonly #links = new Map<string, string | undefined>();

  keyOf(folder: string): string | undefined {
    return remembered(this.#keys, folder, folderKey);
  }

  linkAt(path: string): string | undefined {
    return remembered(this.#links, path, linkAt);
  }
}

function remembered<T>(known: Map<string, T>, path: string, look: (path: string) => T): T {
  if (!known.has(path)) known.set(path, look(path));
  return known.get(path) as T;
}

/**
 * Returns the steps from a folder to a file below it, as far as they lead today: to the file, or to the first thing
 * that is missing. Where a step is a symlink the steps to what it names follow, since a change there is one of ours.
 *
 * @param root a folder that is there, without a symlink in its path
 * @param relative the path from there to the file
 * @param memory of the same look
 */
export function pathSteps(root: string, relative: string, memory = new WayMemory()): readonly PathStep[] {
  const steps: PathStep[] = [];
  let folder = root;
  let links = 0;
  const rest = names(relative);
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === '..') {
      folder = dirname(folder);
      continue;
    }
    const key = memory.keyOf(folder);
    if (key === undefined) break;
    steps.push({ folder, name, key });
    const next = join(folder, name);
    const link = memory.linkAt(next);
    if (link === undefined) {
      folder = next;
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) break;
    if (isAbsolute(link)) folder = parse(link).root;
    rest.unshift(...names(link));
  }
  return steps;
}

/** Returns what tells a folder from any other that is there at the same time; nothing when it is no folder. */
export function folderKey(path: string): string | undefined {
  try {
    const found = statSync(path, { bigint: true });
    return found.isDirectory() ? `${found.dev}:${found.ino}` : undefined;
  } catch {
    return undefined;
  }
}

function linkAt(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch {
    return undefined;
  }
}

function names(path: string): string[] {
  return path.split(sep).filter((name) => name !== '' && name !== '.');
}
