import { workspaceGit } from '../workspace/workspace-git.ts';

const GITLINK_MODE = '160000';

/** What one look at HEAD, index and files tells of a workspace. */
export interface SeenChanges {
  readonly hasConflicts: boolean;
  /** Whether a repository inside, to which only a pointer is kept, differs from what HEAD has of it. */
  readonly hasGitlinks: boolean;
}

/** Looks for files in conflict and for changed pointers to repositories inside. */
export async function seeChanges(workspace: string): Promise<SeenChanges> {
  const how = ['--porcelain=v2', '-z', '--untracked-files=no', '--ignore-submodules=dirty', '--no-renames'];
  const text = await workspaceGit(workspace, ['--no-optional-locks', 'status', ...how]);
  const records = text.split('\0');
  return {
    hasConflicts: records.some((record) => record.startsWith('u ')),
    // The modes in HEAD, in the index and of the file.
    hasGitlinks: records.some(
      (record) => /^[12] /.test(record) && record.split(' ', 6).slice(3).includes(GITLINK_MODE),
    ),
  };
}
