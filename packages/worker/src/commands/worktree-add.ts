import { commandLine } from '@ralph/protocol/cli/shell-words';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { Failure } from '@ralph/protocol/contract/failure';
import { tryGit } from '@ralph/protocol/process/git';
import { findGitRepository, loopOf } from '@ralph/protocol/process/repository';
import { addLoop, requireLoopName } from '../loops/add-loop.ts';
import { undoHalves } from '../loops/undo-half.ts';
import type { WORKTREE_OPTIONS } from '../options.ts';
import { readOrigin } from '../site/origin.ts';

/** `ralph-worker worktree add`: a worktree and a branch for a second loop. */
export async function run({ args, operands, output, program, stop }: Call<typeof WORKTREE_OPTIONS>): Promise<Result> {
  const [name] = operands;
  if (name !== undefined) requireLoopName(name);
  const repo = findGitRepository(args.repo);
  const outer = loopOf(repo.root);
  if (outer !== undefined) throw nested(outer.name, outer.main);
  const inside = await tryGit(['rev-parse', '--is-inside-work-tree'], { cwd: repo.root });
  if (inside.stdout.trim() !== 'true') throw bare(repo.root);
  await readOrigin(repo);
  for (const half of await undoHalves(repo))
    output.note(`${program}: what was left of the half-made loop ${half} is removed`);
  const added = await addLoop(repo, name, stop.signal);
  return { record: added, text: `${added.path} on ${added.branch}\n` };
}

function nested(name: string, main: string): Failure {
  return new Failure('loop_unavailable', `this is the worktree of the second loop ${name}: no other is made in it`, {
    hint: commandLine(['ralph-worker', 'worktree', 'add', '--repo', main]),
  });
}

function bare(root: string): Failure {
  return new Failure('loop_unavailable', `${root} is a bare repository: it has no worktree to make a second one from`, {
    hint: 'wait for the other loop with --on-busy wait, or work in a clone',
  });
}
