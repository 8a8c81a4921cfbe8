import { setTimeout as pause } from 'node:timers/promises';
import type { Output } from '@ralph/protocol/cli/output';
import { printable } from '@ralph/protocol/cli/printable';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { isFailure } from '@ralph/protocol/contract/failure';
import { isTerminal } from '@ralph/protocol/contract/lifecycle';
import { PathWatch } from '@ralph/protocol/process/path-watch';
import { findRepository } from '@ralph/protocol/process/repository';
import type { WAIT_OPTIONS } from '../options.ts';
import { LostOwners } from '../wait/lost-owners.ts';
import { verdictOn, type WaitGoal } from '../wait/verdict.ts';
import { hopeless, timeIsUp, type Waited } from '../wait/wait-failure.ts';
import { readKnown, watchedPaths, type Known } from '../wait/wait-look.ts';

/** No file changes when a process dies: as long as somebody is at work we look whether he still lives. */
const LOOK_MS = 1000;

/** How soon a file that could not be read at first is read again. */
const AGAIN_MS = 50;

/** `ralph-state wait ID…`: until all of the tasks have landed or ended, or one of them never will. */
export async function run(call: Call<typeof WAIT_OPTIONS>): Promise<Result> {
  const { args, output, stop } = call;
  const { root } = findRepository(args.repo);
  const paths = watchedPaths(root);
  const seconds = args.timeout ?? Number.POSITIVE_INFINITY;
  const deadline = performance.now() + seconds * 1000;
  const watch = new PathWatch({ root, paths, signal: stop.signal });
  try {
    const looks = new Looks(root, args.for, [...new Set(call.operands)]);
    for (let changed = true; ;) {
      const final = performance.now() >= deadline;
      const seen = await looks.take(changed, final);
      const waiting = seen.filter(({ verdict }) => verdict === 'waiting');
      for (const one of seen) if (one.verdict !== 'waiting') await show(output, one);
      const failure = hopeless(seen, paths[0] ?? '');
      if (failure !== undefined) throw failure;
      if (waiting.length === 0) return {};
      if (final) throw timeIsUp(waiting, seconds);
      const left = deadline - performance.now();
      const ended = await watch.next(Math.max(0, looks.someoneAtWork ? Math.min(left, LOOK_MS) : left));
      if (ended === 'stopped') return {};
      changed = ended === 'changed';
    }
  } finally {
    watch.close();
  }
}

/** The looks of one wait, one after the other. */
class Looks {
  readonly #root: string;
  readonly #goal: WaitGoal;
  readonly #owners: LostOwners;
  #left: readonly string[];
  #known: Known | undefined;
  #unreadableSince: number | undefined;
  someoneAtWork = false;

  constructor(root: string, goal: WaitGoal, ids: readonly string[]) {
    this.#root = root;
    this.#goal = goal;
    this.#owners = new LostOwners(root);
    this.#left = ids;
  }

  /**
   * Returns where the tasks stand that were not decided by an earlier look, in the order in which they were asked for.
   *
   * @param changed whether a file may have changed since the last look
   * @param final whether it is the last look
   * @throws Failure where a file cannot be read, though it was given a moment
   */
  async take(changed: boolean, final: boolean): Promise<readonly Waited[]> {
    const stale = changed || final || this.#owners.suspects || this.#unreadableSince !== undefined;
    if (this.#known === undefined || stale) await this.#read(final);
    const { records, queued, done } = this.#known ?? {};
    const now = performance.now();
    const seen = this.#left.map((id): Waited => {
      const record = records?.get(id);
      const lost = record !== undefined && this.#owners.isGone(record, now, final);
      const sight = { record, lost, queued: queued?.get(id), done: done?.get(id) };
      return { id, sight, verdict: verdictOn(sight, this.#goal) };
    });
    const waiting = seen.filter(({ verdict }) => verdict === 'waiting');
    this.#left = waiting.map(({ id }) => id);
    this.someoneAtWork =
      this.#unreadableSince !== undefined ||
      waiting.some(({ sight: { record } }) => record !== undefined && !isTerminal(record.lifecycle));
    return seen;
  }

  /** An editor that writes in place leaves half a file for a moment; the first look has nothing else to go by. */
  async #read(final: boolean): Promise<void> {
    for (;;) {
      try {
        this.#known = await readKnown(this.#root, this.#left);
        this.#unreadableSince = undefined;
        return;
      } catch (error) {
        const now = performance.now();
        this.#unreadableSince ??= now;
        const patient = !final && now - this.#unreadableSince < LOOK_MS;
        if (!isFailure(error) || !patient) throw error;
        if (this.#known !== undefined) return;
        await pause(AGAIN_MS);
      }
    }
  }
}

async function show(output: Output, { id, sight, verdict }: Waited): Promise<void> {
  if (verdict === 'unknown') return;
  const { record, done, queued } = sight;
  const rejected = [done, queued].includes('rejected') && done !== 'done';
  const shown =
    record === undefined
      ? { task_id: id, lifecycle: rejected ? 'rejected' : 'completed' }
      : { ...record, ...(verdict === 'lost' ? { lost: true } : {}) };
  if (output.format === 'table') await output.write(`${printable(`${id}  ${shown.lifecycle}`)}\n`);
  else await output.record(shown);
}
