import { statfs } from 'node:fs/promises';
import { Failure } from '@ralph/protocol/contract/failure';
import { judgeRoom, type Room } from './judge-room.ts';
import { sizeText } from './size-text.ts';
import { treeBytes } from './tree-bytes.ts';
import { usedBytes } from './used-bytes.ts';
import type { Site } from '../site/site.ts';

const FRESH_MS = 1000;
const AMPLE_BYTES = 20 * 2 ** 30;

export interface SpaceRules {
  /** Bytes that must stay free on the disk of the workspaces. */
  readonly minFree: number;
  /** Bytes that all workspaces may take together. */
  readonly quota: number | undefined;
  /** Whether the size of a tree says what a workspace takes. */
  readonly countsTree: boolean;
}

/** Sees to it that a workspace is only made where there is room for it. One for all workspaces of a process. */
export class Space {
  readonly #site: Site;
  readonly #rules: SpaceRules;
  #reserved = 0;
  #seen = { at: Number.NEGATIVE_INFINITY, free: 0 };
  #counted: { readonly commit: string; readonly bytes: number } | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(site: Site, rules: SpaceRules) {
    this.#site = site;
    this.#rules = rules;
  }

  /**
   * Reserves the room that a workspace on a commit takes, while it is being made. The folder of the workspaces is there.
   *
   * @returns what gives the room back, to be called when the workspace stands
   * @throws Failure `disk_full`, `workspace_quota`; `git_failed`, `io` when it cannot be told
   */
  async reserve(commit: string | undefined, signal?: AbortSignal): Promise<() => void> {
    const need = await this.#inTurn(() => this.#take(commit, signal));
    return () => void (this.#reserved -= need);
  }

  async #take(commit: string | undefined, signal: AbortSignal | undefined): Promise<number> {
    const free = await this.#freeBytes();
    const need = commit === undefined ? 0 : await this.#needOf(commit, free, signal);
    const { minFree, quota: limit } = this.#rules;
    const quota = limit === undefined ? undefined : { limit, used: await usedBytes(this.#site.root) };
    const room: Room = { need, reserved: this.#reserved, free, minFree, quota };
    const verdict = judgeRoom(room);
    if (verdict === 'disk_full') throw diskFull(this.#site, room);
    if (verdict === 'workspace_quota') throw quotaReached(this.#site, room);
    this.#reserved += need;
    return need;
  }

  /** Asked again at once where it is scarce; to ask takes the kernel long on large disks. */
  async #freeBytes(): Promise<number> {
    const { at, free } = this.#seen;
    if (performance.now() - at < FRESH_MS && free > this.#reserved + this.#rules.minFree + AMPLE_BYTES) return free;
    const { bavail, bsize } = await statfs(this.#site.root);
    this.#seen = { at: performance.now(), free: bavail * bsize };
    return this.#seen.free;
  }

  /** A tree hardly changes from one commit to the next: where there is room for two, it is not counted again. */
  async #needOf(commit: string, free: number, signal: AbortSignal | undefined): Promise<number> {
    const { countsTree, minFree, quota } = this.#rules;
    if (!countsTree) return 0;
    const known = this.#counted;
    const isAmple = known !== undefined && quota === undefined && free > this.#reserved + minFree + 2 * known.bytes;
    if (known !== undefined && (known.commit === commit || isAmple)) return known.bytes;
    const bytes = await treeBytes(this.#site.repo.root, commit, signal);
    this.#counted = { commit, bytes };
    return bytes;
  }

  /** One after the other: what one has reserved, the next must see. */
  async #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const acted = this.#turn.then(act);
    this.#turn = acted.then(
      () => {},
      () => {},
    );
    return acted;
  }
}

function diskFull({ root }: Site, { need, reserved, free, minFree }: Room): Failure {
  const others = reserved === 0 ? '' : `, ${sizeText(reserved)} for those that are being made`;
  const parts = `${sizeText(need)} for the workspace${others} and ${sizeText(minFree)} that must stay free`;
  const all = need + reserved + minFree;
  return new Failure(
    'disk_full',
    `the disk of ${root} has ${sizeText(free)} free and needs ${sizeText(all)}: ${parts}`,
    {
      hint: 'free some space, as ralph-worker reap --all does, or give a smaller --min-free',
      details: { need_bytes: all, free_bytes: free },
    },
  );
}

function quotaReached({ root }: Site, { need, reserved, quota }: Room): Failure {
  const { used, limit } = quota ?? { used: 0, limit: 0 };
  const taken = `the workspaces in ${root} take ${sizeText(used + reserved)}, a new one ${sizeText(need)}`;
  return new Failure('workspace_quota', `${taken}; the quota is ${sizeText(limit)}`, {
    hint: 'ralph-worker list shows them; ralph-worker reap --all removes those that nobody works in',
    details: { used_bytes: used + reserved, need_bytes: need, quota_bytes: limit },
  });
}
