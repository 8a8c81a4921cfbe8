import type { Call, Result } from '@ralph/protocol/cli/program';
import { isFailure } from '@ralph/protocol/contract/failure';
import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import { lockPath } from '../lock-path.ts';
import { newToken, ownRecord } from '../lock-record.ts';
import { lockLost, lossOf, watchLock } from '../lock-watch.ts';
import type { HOLD_OPTIONS } from '../options.ts';
import { takeLock, type TakenLock } from '../take-lock.ts';

/** `ralph-lock hold`: a coprocess that owns the lock as long as its stdin is open. */
export async function run(call: Call<typeof HOLD_OPTIONS>): Promise<Result> {
  const { args, output, stop } = call;
  const path = lockPath(args.repo, args.name);
  // Whoever waits through us may go away meanwhile: stdin is watched from the start.
  const left = new AbortController();
  const inputEnd = call.input.drain().finally(() => left.abort());
  inputEnd.catch(() => {});
  const record = ownRecord({
    token: newToken(),
    prompt: args.prompt,
    ...(args.leash ? { ownerPid: process.ppid } : {}),
  });
  try {
    const lock = await takeLock({
      path,
      record: () => record,
      wait: args.wait,
      signal: stop.signal,
      waitSignal: left.signal,
      conflictExit: args['conflict-exit-code'],
      output,
    });
    call.cleanup.defer('release the lock', lock.release);
    await output.event('lock.acquired', { path, holder: lock.record });
    await holdUntil(inputEnd, lock, path, (reason) => output.event('lock.lost', { path, reason }));
    lock.release();
    await output.event('lock.released', { path });
    return {};
  } catch (error) {
    if (isFailure(error) && (error.code === 'lock_held' || error.code === 'lock_held_by_ancestor')) {
      const holder = (error.parts.details?.['holder'] as LockRecord | null) ?? null;
      await output.event('lock.busy', { path, holder });
    }
    // What ended the wait may have been a bad line: then that is the failure.
    if (left.signal.aborted) await inputEnd;
    throw error;
  }
}

/** Settles at the end of the input; fails when the lock is lost before. */
async function holdUntil(
  inputEnd: Promise<void>,
  { held }: TakenLock,
  path: string,
  say: (reason: string) => Promise<unknown>,
): Promise<void> {
  let endWatch = () => {};
  const lost = new Promise<never>((_, reject) => {
    endWatch = watchLock(held, (reason) => void say(reason).finally(() => reject(lockLost(path, reason))));
  });
  await Promise.race([inputEnd, lost]).finally(endWatch);
  // The last look may be a moment old.
  const reason = lossOf(held);
  if (reason === undefined) return;
  await say(reason);
  throw lockLost(path, reason);
}
