import type { Call, Result } from '@ralph/protocol/cli/program';
import { isHeld } from '../lock-probe.ts';
import { lockPath } from '../lock-path.ts';
import { readRecord } from '../lock-record.ts';
import type { LOCK_OPTIONS } from '../options.ts';

/** `ralph-lock status`: looks without taking, so that looking never turns anybody away. */
export async function run(call: Call<typeof LOCK_OPTIONS>): Promise<Result> {
  const path = lockPath(call.args.repo, call.args.name);
  const locked = isHeld(path);
  const record = locked ? readRecord(path) : undefined;
  const holder = record === undefined || record.state === 'released' ? null : record;
  return { record: { locked, holder, path }, text: statusText(locked, holder?.pid, holder?.started, holder?.prompt) };
}

function statusText(locked: boolean, pid?: number, started?: string, prompt?: string): string {
  if (!locked) return 'free\n';
  return pid === undefined ? 'held, holder unknown\n' : `held by pid ${pid} since ${started}: ${prompt}\n`;
}
