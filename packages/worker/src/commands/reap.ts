import type { Call, Result } from '@ralph/protocol/cli/program';
import type { REAP_OPTIONS } from '../options.ts';
import { reap } from '../removal/reap.ts';
import type { Reaped } from '../removal/reaped.ts';
import { openSite } from '../site/site.ts';

/** `ralph-worker reap`: removes what processes that are gone have left, and says what it did. */
export async function run({ args }: Call<typeof REAP_OPTIONS>): Promise<Result> {
  return {
    records: await reap(await openSite(args), args),
    columns: {
      task: (row: Reaped) => row.task_id,
      action: (row: Reaped) => row.action,
      what: (row: Reaped) => row.what,
      reason: (row: Reaped) => row.reason,
      'kept as': (row: Reaped) => row.salvage_ref ?? '',
    },
  };
}
