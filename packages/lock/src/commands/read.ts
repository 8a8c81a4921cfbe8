import { existsSync } from 'node:fs';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { Failure } from '@ralph/protocol/contract/failure';
import { lockPath } from '../lock-path.ts';
import { readRecord } from '../lock-record.ts';
import type { LOCK_OPTIONS } from '../options.ts';

/** `ralph-lock read`: the last record as it stands in the lock file, held or not. */
export async function run(call: Call<typeof LOCK_OPTIONS>): Promise<Result> {
  const path = lockPath(call.args.repo, call.args.name);
  const record = readRecord(path);
  if (record !== undefined) return { record };
  throw new Failure('record_not_found', existsSync(path) ? `no record in ${path}` : `no lock file: ${path}`, {
    hint: 'ralph-lock status tells whether the lock is held',
  });
}
