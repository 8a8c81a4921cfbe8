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

/** By the folder of hooks: our own environment stays what it is. */
const environments = new Map<string, Readonly<Record<string, string>>>();

/** Returns options with which git runs the hooks in a folder, whatever the configuration of the repository says. */
export function hooksFrom(folder: string, options: GitOptions): GitOptions {
  const env = environments.get(folder) ?? environmentWith(folder);
  environments.set(folder, env);
  return { ...options, env: options.env === undefined ? env : { ...env, ...options.env } };
}

/** By the environment, behind what the user has there: arguments would stand in the messages of failures. */
function environmentWith(hooks: string): Record<string, string> {
  const [name = '', value = ''] = GIT_MARK.split('=');
  const settings = [
    ['core.hooksPath', hooks],
    // A program to ask what has changed, which an agent may have named.
    ['core.fsmonitor', 'false'],
  ] as const;
  const first = Number(process.env['GIT_CONFIG_COUNT'] ?? 0) || 0;
  const pairs = settings.flatMap(([key, set], index) => [
    [`GIT_CONFIG_KEY_${first + index}`, key],
    [`GIT_CONFIG_VALUE_${first + index}`, set],
  ]);
  return { GIT_CONFIG_COUNT: String(first + settings.length), ...Object.fromEntries(pairs), [name]: value };
}
