import { git as plainGit, tryGit as tryPlainGit, type GitOptions, type GitResult } from '@ralph/protocol/process/git';

/** Stands in the environment of every git of ours in a workspace, so that one that outlived us is known as ours. */
export const GIT_MARK = 'RALPH_INTEGRATE_GIT=1';

/** Where hooks are looked for when none may run. */
export const NO_HOOKS = '/dev/null';

/** Runs git in a workspace as `git` does, without its hooks: an agent or an installer may have put any there. */
export function git(args: readonly string[], options: GitOptions): Promise<string> {
  return plainGit(args, hooksFrom(NO_HOOKS, options));
}

/** Runs git in a workspace as `tryGit` does, without its hooks. */
export function tryGit(args: readonly string[], options: GitOptions): Promise<GitResult> {
  return tryPlainGit(args, hooksFrom(NO_HOOKS, options));
}

/** Returns options with which git runs the hooks in a folder, whatever the configuration of the repository says. */
export function hooksFrom(folder: string, options: GitOptions): GitOptions {
  const [name = '', value = ''] = GIT_MARK.split('=');
  const settings = [
    ['core.hooksPath', folder],
    // A program to ask what has changed, which an agent may have named.
    ['core.fsmonitor', 'false'],
  ] as const;
  return { ...options, env: { ...configuration(settings), [name]: value, ...options.env } };
}

/** By the environment, behind what the user has there: arguments would stand in the messages of failures. */
function configuration(settings: readonly (readonly [key: string, value: string])[]): Record<string, string> {
  const first = Number(process.env['GIT_CONFIG_COUNT'] ?? 0) || 0;
  const pairs = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${first + index}`, key],
    [`GIT_CONFIG_VALUE_${first + index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(first + settings.length), ...Object.fromEntries(pairs) };
}
