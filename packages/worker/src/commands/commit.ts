import { resolve } from 'node:path';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { takeClaim, requireInheritedClaim } from '@ralph/protocol/process/task-claim';
import type { COMMIT_OPTIONS } from '../options.ts';
import { openSite, type Site } from '../site/site.ts';
import { workspacePath } from '../site/workspace-path.ts';
import { commitOnRequest } from '../work/commit-on-request.ts';

type CommitCall = Call<typeof COMMIT_OPTIONS>;

/** `ralph-worker commit`: the edits in the workspace of a task become commits, as when its agent has ended. */
export async function run(call: CommitCall): Promise<Result> {
  const { args, operands } = call;
  const [taskId = ''] = operands;
  const site = await openSite(args);
  const usual = workspacePath(site, taskId);
  const path = args.workspace === undefined ? usual : resolve(args.workspace);
  const release = await claim(site, taskId, args['claim-fd']);
  try {
    const { attempt, title = '', base } = args;
    const leaveFrom = args['leave-from'];
    const work = await commitOnRequest(site, { taskId, path, attempt, title, base, leaveFrom });
    const { head: head_commit, commits, changedFiles: changed_files } = work;
    return {
      record: { task_id: taskId, workspace_path: path, head_commit, commits, changed_files },
      text: `${commits} commit${commits === 1 ? '' : 's'}, now at ${head_commit.slice(0, 10)}: ${path}\n`,
    };
  } finally {
    release();
  }
}

async function claim({ repo }: Site, taskId: string, fd: number | undefined): Promise<() => void> {
  if (fd === undefined) return (await takeClaim(repo.root, taskId, { waitMs: 0 })).release;
  await requireInheritedClaim(repo.root, taskId, fd);
  return () => {};
}
