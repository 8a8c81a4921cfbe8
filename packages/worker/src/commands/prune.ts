import type { Call, Result } from '@ralph/protocol/cli/program';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { sizeText } from '../space/size-text.ts';
import type { PRUNE_OPTIONS } from '../options.ts';
import { prune } from '../upkeep/prune.ts';

/** `ralph-worker prune`: logs and refs of long ago go, and git packs what is loose. */
export async function run({ args, stop }: Call<typeof PRUNE_OPTIONS>): Promise<Result> {
  const { 'dry-run': dryRun, 'older-than': seconds } = args;
  const before = Date.now() - seconds * 1000;
  const pruned = await prune(findGitRepository(args.repo), { before, dryRun, signal: stop.signal });
  const { logs, log_bytes: bytes, refs } = pruned;
  const words = dryRun ? 'would be removed' : 'removed';
  return {
    record: { ...pruned, dry_run: dryRun },
    text: `${words}: ${logs} logs (${sizeText(bytes)}), ${refs} refs\n`,
  };
}
