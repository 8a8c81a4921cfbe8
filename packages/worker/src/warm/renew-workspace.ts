import { appendFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import { ignoredPaths } from '../setup/ignored-paths.ts';
import { readSetupRecord, setupRecordPath, type SetupRecord } from '../setup/setup-record.ts';
import { isUnchanged } from '../setup/unchanged.ts';
import type { Site } from '../site/site.ts';
import { workspaceIn, type Draft } from '../workspace/draft-folder.ts';
import { checkOutBase, makeGitFolder, PLAIN_INDEX } from '../workspace/git-folder.ts';
import { removeFolder } from '../workspace/remove-folder.ts';
import { workspaceGit } from '../workspace/workspace-git.ts';
import type { WorkspacePlan } from '../workspace/workspace-plan.ts';
import { isRunOrSecret } from './run-or-secret.ts';
import { keptIndex } from './kept-folder.ts';
import { findOddity } from './oddity.ts';
import { keptIn } from './warm-pool.ts';

const LIMIT_MS = 600_000;

/**
 * Makes the files of a warm workspace those of a plan's base under a new git folder, writing only what differs, and
 * proves it. Of ignored files, only what the same set-up has made and nobody has touched since stays, unless all are
 * wanted.
 *
 * @returns the record of the set-up whose result is still there
 * @throws Failure of any kind when it could not be proven clean: it must be thrown away
 */
export async function renewWorkspace(site: Site, plan: WorkspacePlan, draft: Draft): Promise<SetupRecord | undefined> {
  const { setupKey, reuse } = plan;
  const folder = workspaceIn(draft);
  const found = readSetupRecord(keptIn(draft));
  const wanted = setupKey !== undefined && found?.key === setupKey ? found : undefined;
  const keeps = reuse.keepIgnored || wanted !== undefined;
  await removeFolder(join(folder, '.git'));
  makeGitFolder(site, plan, folder);
  if (wanted !== undefined) appendFileSync(join(folder, '.git/info/exclude'), `${wanted.excluded.join('\n')}\n`);
  renameSync(keptIndex(keptIn(draft)), join(folder, '.git/index'));
  await checkOutBase(folder, plan);
  await workspaceGit(folder, [...PLAIN_INDEX, 'clean', keeps ? '-ffdq' : '-ffdxq'], {
    signal: plan.signal,
    limitMs: LIMIT_MS,
  });
  const ignored = keeps ? await ignoredPaths(folder) : [];
  const stamp = setupRecordPath(keptIn(draft));
  const record =
    wanted !== undefined &&
    wanted.paths.every((path) => ignored.includes(path)) &&
    (reuse.keepIgnored || (await isUnchanged({ folder, record: wanted, stamp, signal: plan.signal })))
      ? wanted
      : undefined;
  const stays = (path: string) => record?.paths.includes(path) === true || (reuse.keepIgnored && !isRunOrSecret(path));
  const goes = ignored.filter((path) => !stays(path));
  for (const path of goes) await removeFolder(join(folder, path));
  // A name that is not UTF-8 does not lead to its file.
  const left = goes.length === 0 ? [] : (await ignoredPaths(folder)).filter((path) => !stays(path));
  if (left.length > 0) throw new Failure('internal', `cannot remove from the warm workspace: ${left.join(', ')}`);
  // What an earlier task has kept may be linked to a store of a package manager: it could be written through that.
  const isDoubtful = reuse.apart && reuse.keepIgnored;
  await proveClean(folder, plan, { kept: isDoubtful ? [] : ignored.filter(stays), keeps });
  return record;
}

async function proveClean(
  folder: string,
  plan: WorkspacePlan,
  how: { readonly kept: readonly string[]; readonly keeps: boolean },
): Promise<void> {
  const ignored = how.keeps ? [] : ['--ignored=traditional'];
  const status = ['status', '--porcelain', '-z', '--untracked-files=normal', '--ignore-submodules=none', ...ignored];
  const [differences, oddity] = await Promise.all([
    workspaceGit(folder, [...PLAIN_INDEX, ...status], { signal: plan.signal, limitMs: LIMIT_MS }),
    findOddity(folder, how.kept, plan.signal),
  ]);
  const problem = differences === '' ? oddity : `git sees a difference: ${differences.slice(0, 200)}`;
  if (problem !== undefined) throw new Failure('internal', `the warm workspace ${folder} is not clean: ${problem}`);
}
