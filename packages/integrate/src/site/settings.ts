import type { OptionValues, COMMON_OPTIONS } from '@ralph/protocol/cli/options';
import { sandboxArguments } from '@ralph/protocol/cli/sandbox-options';
import { findGitRepository } from '@ralph/protocol/process/repository';
import type { LAND_OPTIONS } from '../options.ts';
import { readPublishSettings, type PublishSettings } from '../publish/publish-settings.ts';
import { readGateSettings, type GateSettings } from '../gate/gate-settings.ts';
import { readRemedySettings, type RemedySettings } from '../remedy/remedy-settings.ts';
import { findRemote, type Remote } from './remote.ts';
import { targetBranch } from '@ralph/protocol/process/target-branch';

/** What stays the same for every candidate of a run. */
export interface Settings {
  /** Real path of the main worktree. */
  readonly root: string;
  readonly targetBranch: string;
  readonly remote: Remote;
  readonly gates: GateSettings;
  readonly maxAttempts: number;
  readonly backoffMs: readonly number[];
  /** Limit of a push, and of each question to the remote. */
  readonly pushTimeoutMs: number;
  readonly keepWorkspaces: boolean;
  readonly publish: PublishSettings;
  readonly remedy: RemedySettings;
  /** The options that lock in the same way again. */
  readonly sandboxWords: readonly string[];
}

/**
 * Reads the settings of a run.
 *
 * @throws Failure `usage`, `not_a_repository`, `detached_head` or `no_origin`
 */
export async function readSettings(
  args: OptionValues<typeof LAND_OPTIONS> & OptionValues<typeof COMMON_OPTIONS>,
): Promise<Settings> {
  const publish = readPublishSettings(args);
  const gates = readGateSettings(args);
  const { root } = findGitRepository(args.repo);
  return {
    root,
    remote: await findRemote(root, args.remote),
    targetBranch: await targetBranch(root, args['target-branch']),
    gates,
    maxAttempts: args['max-attempts'],
    backoffMs: args.backoff,
    pushTimeoutMs: args['push-timeout'] * 1000,
    keepWorkspaces: args['keep-workspaces'],
    publish,
    remedy: readRemedySettings(args),
    sandboxWords: sandboxArguments(args),
  };
}

/** Returns the tracking ref of the target branch. */
export function trackingRef({ remote, targetBranch: branch }: Settings): string {
  return `refs/remotes/${remote.name}/${branch}`;
}

/** Returns the target as people write it: `origin/main`. */
export function targetName({ remote, targetBranch: branch }: Settings): string {
  return `${remote.name}/${branch}`;
}
