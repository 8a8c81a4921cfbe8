import { execFile } from 'node:child_process';
import { lstatSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { READ_BY_GIT } from '@ralph/protocol/process/drop-pipes';
import { bareEnvironment } from '@ralph/protocol/process/environment';
import { pathPattern, runTool } from '../site/run-tool.ts';
import type { Site } from '../site/site.ts';
import { alternatesText } from '@ralph/protocol/process/borrowed-objects';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { within } from '@ralph/protocol/process/byte-path';
import { tameNested } from './nested-settings.ts';
import { restoreConfig, type Settled } from './own-config.ts';
import { hasOwnGitFolder } from './own-git-folder.ts';
import { makePlain } from '@ralph/protocol/process/plain-git-folder';

const LIMIT_MS = 600_000;
const NAMES_LIMIT_BYTES = 256 * 1024 * 1024;

const SPECIAL = READ_BY_GIT.flatMap((name, index) => [...(index === 0 ? [] : ['-o']), '-name', name]);
const ODD = ['!', '-type', 'f', '!', '-type', 'd', '!', '-type', 'l'];

/** What git obeys in any folder: a repository, and at a pipe in the place of a file that it reads it would wait. */
const OBEYED = ['(', '-name', '.git', '-o', '(', ...SPECIAL, ')', ...ODD, ')'];

/**
 * Makes a workspace one that git may be let into after an agent has ended: its git folder holds files and folders alone,
 * its settings are those it was made with, repositories inside have none that anything is run by, and no pipe stands
 * where git reads. Touches no file that git would keep. What stands there in the place of its git folder is left alone.
 *
 * @param known what was looked at a moment ago, by `looksPlain`
 * @returns whether there may be repositories inside
 */
export async function settleGit(
  repo: Site['repo'],
  settled: Settled,
  known?: { readonly isPlain: boolean },
): Promise<{ readonly mayNest: boolean }> {
  const { path } = settled;
  if (hasOwnGitFolder(path)) {
    makePlain(join(path, '.git'));
    borrowNothingElse(repo, path);
    await restoreConfig(repo, settled);
  }
  if (known?.isPlain ?? (await looksPlain(path))) return { mayNest: false };
  for (const name of await obeyedIn(path)) {
    const found = within(path, name);
    if (name.subarray(name.lastIndexOf('/') + 1).toString('latin1') !== '.git') dropPipe(found);
    else if (name.includes('/', 2)) await tameNested(path, found);
  }
  return { mayNest: true };
}

/**
 * Tells whether a workspace has no repository inside and no pipe where git reads, as most have; also no when `find` could
 * not look through all of it.
 *
 * @param also further conditions of `find`, of which nothing may be there either
 */
export async function looksPlain(workspace: string, also: readonly string[] = []): Promise<boolean> {
  const own = ['-path', pathPattern('./.git'), '-prune', '-o'];
  const args = [
    '.',
    ...also,
    ...(also.length === 0 ? [] : ['-print', '-quit', '-o']),
    ...own,
    ...OBEYED,
    '-print',
    '-quit',
  ];
  const { isWell, stdout } = await runTool('find', args, { cwd: workspace, signal: AbortSignal.timeout(LIMIT_MS) });
  return isWell && stdout === '';
}

/** Objects are borrowed from where they were: elsewhere may be a pipe, or a folder that a sandbox has hidden. */
function borrowNothingElse(repo: Site['repo'], workspace: string): void {
  const path = join(workspace, '.git/objects/info/alternates');
  const present = readTextIfPresent(path) ?? '';
  const known = new Set(alternatesText(join(repo.gitDir, 'objects')).split('\n'));
  const kept = present.split('\n').filter((line) => known.has(line));
  if (kept.join('\n') !== present) writeFileSync(path, kept.join('\n'));
}

/** Names of what git obeys in the folders of a workspace, as `find` prints them. */
function obeyedIn(workspace: string): Promise<Buffer[]> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const all = ['.', '-path', pathPattern('./.git'), '-prune', '-o', ...OBEYED, '-print0'];
  const options = { cwd: workspace, signal, env: { ...bareEnvironment(), LC_ALL: 'C' }, encoding: 'buffer' } as const;
  return new Promise((resolve) => {
    execFile('find', all, { ...options, maxBuffer: NAMES_LIMIT_BYTES }, (_error, stdout) => resolve(namesIn(stdout)));
  });
}

function namesIn(printed: Buffer): Buffer[] {
  const names: Buffer[] = [];
  for (let from = 0, to = printed.indexOf(0); to !== -1; from = to + 1, to = printed.indexOf(0, from))
    names.push(printed.subarray(from, to));
  return names;
}

function dropPipe(path: Buffer): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat !== undefined && !stat.isFile() && !stat.isDirectory() && !stat.isSymbolicLink())
    rmSync(path, { force: true });
}
