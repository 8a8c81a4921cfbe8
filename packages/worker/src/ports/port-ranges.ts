import { randomInt } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeFlock, type HeldLock } from '@ralph/protocol/process/flock';
import { portBlocks, portsOf, rangesOf } from './port-blocks.ts';
import { ephemeralPorts, UsedPorts } from './ports-in-use.ts';

/** Blocks of others that we look at before we go without: each look starts a small program. */
const BLOCK_TRIES = 8;

export interface PortRange {
  /** The first of its ports. */
  readonly base: number;
  /**
   * Gives it back.
   *
   * @param isClear whether it is known that nothing lives any more of the agent that had it
   */
  release(isClear: boolean): void;
}

/**
 * The port ranges of the agents of one process. Several ranges make a block, which is leased by a lock on a file that all
 * processes of this user on this machine know, so that no two agents get the same range at once.
 */
export class PortRanges {
  readonly #leased: { readonly lock: HeldLock; readonly ranges: readonly number[] }[] = [];
  readonly #taken = new Set<number>();
  readonly #givenBackAt = new Map<number, number>();
  readonly #used = new UsedPorts();
  #turn: Promise<unknown> = Promise.resolve();

  /** Returns a range of which no port is in use now; nothing when there is none. Never throws. */
  async lease(): Promise<PortRange | undefined> {
    const found = this.#turn.then(async () => this.#find());
    this.#turn = found;
    return found;
  }

  /** Gives everything back. */
  close(): void {
    for (const { lock } of this.#leased.splice(0)) lock.release();
  }

  async #find(): Promise<PortRange | undefined> {
    try {
      return (await this.#freeRange()) ?? ((await this.#leaseBlock()) ? await this.#freeRange() : undefined);
    } catch {
      // To go without ports is better than to fail.
      return undefined;
    }
  }

  async #freeRange(): Promise<PortRange | undefined> {
    const idle = this.#leased.flatMap(({ ranges }) => ranges).filter((base) => !this.#taken.has(base));
    const sinceOf = (base: number) => this.#givenBackAt.get(base) ?? Number.NEGATIVE_INFINITY;
    // What an agent with these ports may have left is known only since then: one look serves all that were idle before it.
    for (const base of idle.toSorted((a, b) => sinceOf(a) - sinceOf(b) || a - b)) {
      if (!(await this.#used.areFree(portsOf(base), sinceOf(base)))) continue;
      this.#taken.add(base);
      return { base, release: (isClear) => this.#giveBack(base, isClear) };
    }
    return undefined;
  }

  #giveBack(base: number, isClear: boolean): void {
    this.#taken.delete(base);
    if (!isClear) this.#givenBackAt.set(base, performance.now());
  }

  async #leaseBlock(): Promise<boolean> {
    const folder = leaseFolder();
    const blocks = portBlocks(ephemeralPorts());
    if (folder === undefined || blocks.length === 0) return false;
    const known = new Set(this.#leased.map(({ ranges }) => ranges[0]));
    // Processes begin at different blocks, so that they seldom meet.
    const first = randomInt(blocks.length);
    for (let tries = 0; tries < Math.min(BLOCK_TRIES, blocks.length); tries += 1) {
      const block = blocks[(first + tries) % blocks.length] ?? 0;
      if (known.has(block)) continue;
      const lock = await takeFlock(join(folder, `${block}.lock`), { waitMs: 0 });
      if (lock === undefined) continue;
      this.#leased.push({ lock, ranges: rangesOf(block) });
      return true;
    }
    return false;
  }
}

/** Returns the folder of the leases; nothing when what stands there is not ours. */
function leaseFolder(): string | undefined {
  const user = process.getuid?.();
  const folder = join(tmpdir(), `ralph-ports-${user ?? 0}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  return stat.isDirectory() && (user === undefined || stat.uid === user) ? folder : undefined;
}
