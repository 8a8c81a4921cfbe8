import { findingsResult } from '@ralph/protocol/cli/findings-result';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { describeHolder } from '../describe-holder.ts';
import { lockPath } from '../lock-path.ts';
import { lookAtLock, type LockView } from '../look-at-lock.ts';
import { networkFileSystem, networkWarning } from '../network-file-system.ts';
import type { STATUS_OPTIONS } from '../options.ts';

/** `ralph-lock status`: looks without taking, so that looking never turns anybody away. */
export async function run(call: Call<typeof STATUS_OPTIONS>): Promise<Result> {
  const { args } = call;
  const path = lockPath(args.repo, args.name);
  if (args.report) {
    const { lockReport } = await import('../lock-report.ts');
    return findingsResult(await lockReport(path));
  }
  const view = await lookAtLock(path);
  const network = view.key === undefined ? undefined : networkFileSystem(view.key);
  const { locked, holder, evidence, keepers } = view;
  const record = {
    locked,
    holder,
    path,
    ...(evidence === 'kernel' ? {} : { evidence }),
    ...(keepers.length === 0 ? {} : { processes: keepers }),
    ...(network === undefined ? {} : { network_file_system: network.fileSystem }),
  };
  const warning = network === undefined ? '' : `${networkWarning(network)}\n`;
  const isFree = !locked && evidence !== 'none';
  return { record, text: `${statusText(view)}\n${warning}`, exit: args.check && !isFree ? 'busy' : 'ok' };
}

function statusText(view: LockView): string {
  const { locked, holder, evidence, keepers } = view;
  if (!locked) return evidence === 'none' ? 'not known: this machine cannot see who else may hold it' : 'free';
  if (holder === null && keepers.length === 0) return 'held, holder unknown';
  const held = `held by ${describeHolder(view)}`;
  return evidence === 'record' ? `${held}, by its own word` : held;
}
