import { lightJson } from '@ralph/protocol/contract/light-json';
import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import { stopRequest, type StopRequest } from '@ralph/protocol/contract/stop-request';

export interface SeenRequest {
  readonly text: string;
  /** In ms of the wall clock. */
  readonly writtenAt: number;
  /** Whether it came, or was written anew, while the run was looking. */
  readonly appeared: boolean;
}

export interface StoppableRun {
  readonly holder: LockRecord | undefined;
  /** From when on a file that names nobody is meant for this run, in ms of the wall clock. */
  readonly since: number;
}

/** Clocks of file systems are behind the one of the processes by the length of a tick. */
const TICK_MS = 20;

/** Returns whom a request means; nothing where it says so in no form of ours, as one that was made by hand. */
export function readStopRequest(text: string): StopRequest | undefined {
  try {
    return stopRequest.parse(lightJson(text));
  } catch {
    return undefined;
  }
}

/**
 * Says what a run makes of a request to stop (reference: stop file): it obeys one that names it, and any other that
 * appears while it goes on, whatever it holds; one that was left for an earlier run is stale. Unlike the reference's, one
 * that came while the run was starting is obeyed. Pure.
 */
export function judgeStop(
  { text, writtenAt, appeared }: SeenRequest,
  { holder, since }: StoppableRun,
): 'obey' | 'stale' {
  const request = readStopRequest(text);
  if (request !== undefined) return holder !== undefined && means(request, holder) ? 'obey' : 'stale';
  return appeared || writtenAt >= since - TICK_MS ? 'obey' : 'stale';
}

/** Tells whether a request means the holder of a lock. */
export function means(request: StopRequest, holder: LockRecord): boolean {
  if (request.token !== undefined && holder.token !== undefined) return request.token === holder.token;
  return request.pid === holder.pid && request.start_time === (holder.start_time ?? '');
}

/** Tells whether the holder of the loop lock is a run, which heeds a request. */
export function isRun({ prompt }: Pick<LockRecord, 'prompt'>): boolean {
  return prompt.startsWith('ralph-orchestrate run');
}
