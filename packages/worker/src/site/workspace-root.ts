import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { quoted } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { tryGit } from '@ralph/protocol/process/git';
import { loopOf, type Repository } from '@ralph/protocol/process/repository';
import { excludeLine } from '../travel/exclude-lines.ts';
import { unusable } from './usable-root.ts';

export interface WorkspaceRoot {
  /** Absolute, and real as far as it exists; the last folders may be missing. */
  readonly path: string;
  /** Nobody but us keeps anything under the default one. */
  readonly isDefault: boolean;
}

/**
 * Returns the folder that holds the workspaces (reference: part A2): the default beside the repository, that of a second loop
 * apart from the first one's; `~` stands for
 * HOME where there is one; a relative path counts from the repository's root.
 *
 * @throws Failure `workspace_root` for an empty path, one with `..`, or one that cannot be followed
 */
export function workspaceRoot(repoRoot: string, chosen: string | undefined, home = process.env['HOME']): WorkspaceRoot {
  const usual = defaultRoot(repoRoot);
  if (chosen === undefined) return { path: realPathOf(usual), isDefault: true };
  if (chosen.trim() === '' || chosen.split(/[/\\]/).includes('..')) {
    throw new Failure('workspace_root', `--workspace-root ${JSON.stringify(chosen)}: empty or with ".." in it`, {
      hint: 'give an absolute path, or one below the repository',
    });
  }
  const expanded = home !== undefined && /^~(?:\/|$)/.test(chosen) ? join(home, chosen.slice(1)) : chosen;
  const path = realPathOf(resolve(repoRoot, expanded));
  // Whoever hands it on names it, too.
  return { path, isDefault: path === realPathIfAny(usual) };
}

function defaultRoot(repoRoot: string): string {
  const loop = loopOf(repoRoot);
  const main = loop?.main ?? repoRoot;
  const place = loop === undefined ? ['parallel'] : ['loops', loop.name];
  return join(dirname(main), '.workspaces', basename(main) || 'repo', ...place);
}

/** The default may not be usable where another root was chosen. */
function realPathIfAny(path: string): string | undefined {
  try {
    return realPathOf(path);
  } catch {
    return undefined;
  }
}

/** Resolves symlinks in the part of a path that exists. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path)
      throw unusable(path, 'found', error);
    return join(realPathOf(dirname(path)), basename(path));
  }
}

/** Tells whether a path is a folder or lies somewhere in it. */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/**
 * Makes sure that workspaces in this folder do not show up as files of the repository (reference: part A3, check 8).
 * Nothing is made.
 *
 * @throws Failure `workspace_root` when it is the repository itself, or lies in it without being ignored
 */
export async function checkWorkspaceRoot(root: string, repo: Required<Repository>): Promise<void> {
  const { root: repoRoot, gitDir } = repo;
  if (root === repoRoot) {
    throw new Failure(
      'workspace_root',
      `the workspace root resolves to the repository itself (${root}). Refusing to run.`,
      {
        hint: 'leave --workspace-root out, or give a folder outside the repository',
      },
    );
  }
  if (!isWithin(repoRoot, root)) return;
  const rule = relative(repoRoot, root);
  for (const probe of [rule, `${rule}/__ralph_ignore_probe__`]) {
    const { exitCode } = await tryGit(['check-ignore', '-q', '--', probe], { cwd: repoRoot });
    if (exitCode === 0) return;
  }
  const line = excludeLine(`${rule}/`);
  throw new Failure('workspace_root', notIgnored(root, repoRoot, line), {
    hint: `echo ${quoted(line)} >> ${quoted(join(gitDir, 'info/exclude'))}`,
    details: { workspace_root: root, repo_root: repoRoot },
  });
}

function notIgnored(root: string, repoRoot: string, line: string): string {
  return [
    'the workspace root lies in the repository and is not ignored there',
    `  workspace_root: ${root}`,
    `  repo_root: ${repoRoot}`,
    '  ways out, one of:',
    '  - a folder outside the repository (leave --workspace-root out for the default)',
    `  - the rule ${line} in .gitignore`,
    `  - the rule ${line} in .git/info/exclude`,
  ].join('\n');
}
