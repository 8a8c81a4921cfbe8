import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { ParallelSettings } from '@ralph/protocol/contract/config-file';
import { DEFAULTS } from '@ralph/protocol/contract/defaults';
import { Failure } from '@ralph/protocol/contract/failure';

/** What a run is made with, after defaults, configuration and flags. */
export interface Settings {
  readonly workers: number;
  readonly maxPushAttempts: number;
  readonly pushBackoffMs: readonly number[];
  /** Absolute, or nothing where the worker's own default serves. */
  readonly workspaceRoot: string | undefined;
}

export interface SettingFlags {
  readonly workers: number | undefined;
  readonly workspaceRoot: string | undefined;
}

/** Keys of the reference that this version reads without acting on them. */
const UNUSED = ['workspace_retention_hours', 'ignored_file_allowlist'] as const satisfies (keyof ParallelSettings)[];

/** Returns the keys that are set but have no effect yet, so that the user is told. */
export function unusedKeys(config: ParallelSettings): string[] {
  return UNUSED.filter((key) => config[key] !== undefined && config[key] !== null);
}

/**
 * Puts defaults, configuration and flags together; flags win.
 *
 * @throws Failure `config_invalid` for a workspace root that is empty or climbs with `..`
 */
export function resolveSettings(
  flags: SettingFlags,
  config: ParallelSettings,
  root: string,
  home = homedir(),
): Settings {
  const chosenRoot = flags.workspaceRoot === undefined ? config.workspace_root : resolve(flags.workspaceRoot);
  return {
    workers: flags.workers ?? config.workers ?? DEFAULTS.workers,
    maxPushAttempts: config.max_push_attempts ?? DEFAULTS.maxPushAttempts,
    pushBackoffMs: config.push_backoff_ms ?? DEFAULTS.pushBackoffMs,
    workspaceRoot: chosenRoot === null || chosenRoot === undefined ? undefined : expandRoot(chosenRoot, root, home),
  };
}

/** Expands a configured root as the reference does: `~` is the home folder, a relative path starts at the repository. */
function expandRoot(path: string, root: string, home: string): string {
  if (path.trim() === '' || path.split('/').includes('..')) {
    throw new Failure(
      'config_invalid',
      `parallel.workspace_root ${JSON.stringify(path)}: must not be empty or contain ..`,
      {
        hint: 'give an absolute path, one that starts with ~/, or one below the repository',
      },
    );
  }
  if (path === '~') return home;
  if (path.startsWith('~/')) return join(home, path.slice(2));
  return isAbsolute(path) ? path : join(root, path);
}
