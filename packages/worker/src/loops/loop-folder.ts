import { existsSync, lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { asIoFailure, Failure } from '@ralph/protocol/contract/failure';
import { replaceFile } from '@ralph/protocol/process/durable-file';
import { tryGit } from '@ralph/protocol/process/git';
import { LOOPS_FOLDER } from '@ralph/protocol/process/loop-worktrees';
import { sweepLeftIn } from '@ralph/protocol/process/next-file';

/**
 * Makes the folder of the worktrees of second loops and sees to it that git does not look into it: by a rule in the
 * folder itself, so that no file of the user's is edited.
 *
 * @throws Failure `loop_unavailable` when something else stands there, or git sees what is in it all the same
 */
export async function openLoopsFolder(root: string): Promise<void> {
  const folder = join(root, LOOPS_FOLDER);
  try {
    mkdirSync(folder, { recursive: true });
    await makeRule(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw asIoFailure(error, `make ${folder}`);
  }
  const isFolder = lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  const probe = await tryGit(['check-ignore', '-q', '--', `${LOOPS_FOLDER}/ralph-probe`], { cwd: root });
  if (isFolder && probe.exitCode === 0) return;
  throw new Failure('loop_unavailable', `${folder} is no folder whose content git ignores`, {
    hint: `move what is there away, or put the rule * into ${join(folder, '.gitignore')}; or wait with --on-busy wait`,
  });
}

/** It is whole from its first moment: others may be about to look at it, and nobody would come back to one half made. */
async function makeRule(folder: string): Promise<void> {
  const rule = join(folder, '.gitignore');
  if (existsSync(rule)) return;
  await replaceFile(rule, '*\n');
  sweepLeftIn(folder);
}
