import type { Call, Result } from '@ralph/protocol/cli/program';
import { isFailure } from '@ralph/protocol/contract/failure';
import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import { lockPath } from '../lock-path.ts';
import type { HOLD_OPTIONS } from '../options.ts';
import { takeLock } from '../take-lock.ts';

/** `ralph-lock hold`: a coprocess that owns the lock as long as its stdin is open. */
export async function run(call: Call<typeof HOLD_OPTIONS>): Promise<Result> {
  const { args, output, stop } = call;
  const path = lockPath(args.repo, args.name);
  // Whoever waits through us may go away meanwhile: stdin is watched from the start.
  const left = new AbortController();
  const inputEnd = call.input.drain().finally(() => left.abort());
  inputEnd.catch(() => {});
  try {
    const lock = await takeLock({
      path,
      prompt: args.prompt,
      wait: args.wait,
      signal: stop.signal,
      waitSignal: left.signal,
      output,
    });
    call.cleanup.defer('release the lock', lock.release);
    await output.event('lock.acquired', { path, holder: lock.record });
    await inputEnd;
    lock.release();
    await output.event('lock.released', { path });
    return {};
  } catch (error) {
    if (isFailure(error) && error.code === 'lock_held') {
      const holder = (error.parts.details?.['holder'] as LockRecord | null) ?? null;
      await output.event('lock.busy', { path, holder });
    }
    // What ended the wait may have been a bad line: then that is the failure.
    if (left.signal.aborted) await inputEnd;
    throw error;
  }
}
