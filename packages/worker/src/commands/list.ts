import type { Call, Result } from '@ralph/protocol/cli/program';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import type { LIST_OPTIONS } from '../options.ts';
import { openSite } from '../site/site.ts';
import {
  listSalvaged,
  listWarm,
  listWorkspaces,
  type ListedWarm,
  type ListedWorkspace,
  type SalvagedWork,
} from '../removal/workspace-list.ts';

/** `ralph-worker list`: the workspaces, those kept for reuse, or what was kept of removed ones. */
export async function run({ args, program }: Call<typeof LIST_OPTIONS>): Promise<Result> {
  if (args.salvaged && args.warm) throw usageFailure(program, 'give --salvaged or --warm, not both');
  const site = await openSite(args);
  if (args.salvaged) {
    return {
      records: await listSalvaged(site),
      columns: {
        task: (row: SalvagedWork) => row.task_id,
        ref: (row: SalvagedWork) => row.ref,
        commit: (row: SalvagedWork) => row.commit.slice(0, 10),
        at: (row: SalvagedWork) => row.at,
        subject: (row: SalvagedWork) => row.subject,
      },
    };
  }
  if (args.warm) {
    return {
      records: listWarm(site),
      columns: {
        'set aside by': (row: ListedWarm) => row.task_id,
        files: (row: ListedWarm) => String(row.files),
        'set up': (row: ListedWarm) => (row.setup_key === null ? 'no' : 'yes'),
        workspace: (row: ListedWarm) => row.workspace_path,
      },
    };
  }
  return {
    records: await listWorkspaces(site, args),
    columns: {
      task: (row: ListedWorkspace) => row.task_id,
      attempt: (row: ListedWorkspace) => String(row.attempt ?? '?'),
      phase: (row: ListedWorkspace) => (row.blocked === null ? (row.phase ?? '?') : 'blocked'),
      ahead: (row: ListedWorkspace) => String(row.ahead ?? '?'),
      edits: (row: ListedWorkspace) => (row.dirty === null ? '?' : row.dirty ? 'yes' : 'no'),
      workspace: (row: ListedWorkspace) => row.workspace_path,
    },
  };
}
