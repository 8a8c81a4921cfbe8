import { mkdirSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lightJson } from '@ralph/protocol/contract/light-json';
import * as z from 'zod';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { dropFile } from '@ralph/protocol/process/drop-file';
import { replaceFile } from '@ralph/protocol/process/durable-file';
import { namesIn } from '@ralph/protocol/process/names-in';
import { sweepLeftIn } from '@ralph/protocol/process/next-file';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';

const MOST = 1000;
/** So many go at once, and are looked at once in so many passes. */
const AT_ONCE = 100;

const passFile = z.looseObject({
  v: z.literal(1),
  key: z.string(),
  tree: z.string(),
  flaky: z.boolean(),
  passed_at: z.string(),
});

export interface Pass {
  readonly tree: string;
  /** Whether the gate had failed on this tree first. */
  readonly flaky: boolean;
}

/**
 * The passes of gates: those of this process, and on disk those of all, one small file each. A file comes into its place
 * as a whole, so that several processes need no lock.
 */
export class GatePasses {
  readonly #own = new Map<string, Pass>();
  readonly #folder: string | undefined;
  #written = 0;

  /** @param root the main repository; nothing when only this process is to remember */
  constructor(root: string | undefined) {
    this.#folder = root === undefined ? undefined : join(root, RALPH_PATHS.ciPasses);
  }

  /** Returns the pass with a key; nothing when there is none, or its file is damaged. */
  find(key: string): Pass | undefined {
    return this.#own.get(key) ?? this.#onDisk(key);
  }

  /** Remembers a pass. That it could not be written is no failure: the gate is then asked again some time. */
  async remember(key: string, pass: Pass): Promise<void> {
    this.#own.set(key, pass);
    const [oldest] = this.#own.keys();
    if (this.#own.size > MOST && oldest !== undefined) this.#own.delete(oldest);
    if (this.#folder === undefined) return;
    const path = join(this.#folder, `${key}.json`);
    try {
      // What is hashed may be guessed by whoever can read the hash.
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      if (this.#written % AT_ONCE === 0) prune(this.#folder);
      this.#written += 1;
      const content = { v: 1, key, ...pass, passed_at: new Date().toISOString() };
      await replaceFile(path, `${JSON.stringify(content)}\n`);
    } catch {
      // No room, or no right to write there.
    }
  }

  #onDisk(key: string): Pass | undefined {
    if (this.#folder === undefined) return undefined;
    const path = join(this.#folder, `${key}.json`);
    try {
      const text = readTextIfPresent(path);
      const { data } = passFile.safeParse(lightJson(text ?? 'null'));
      if (data === undefined || data.key !== key) return undefined;
      const now = new Date();
      // Those that serve stay.
      utimesSync(path, now, now);
      return { tree: data.tree, flaky: data.flaky };
    } catch {
      return undefined;
    }
  }
}

/** Removes the oldest when there are too many, and what killed writers have left. */
function prune(folder: string): void {
  sweepLeftIn(folder);
  const names = namesIn(folder);
  if (names.length <= MOST) return;
  const aged = names.flatMap((name) => {
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? [] : [{ path, age: stats.mtimeMs }];
  });
  const oldest = aged.toSorted((a, b) => a.age - b.age).slice(0, aged.length - MOST + AT_ONCE);
  for (const { path } of oldest) dropFile(path);
}
