import type { Call, Result } from '@ralph/protocol/cli/program';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure, isFailure } from '@ralph/protocol/contract/failure';
import { isTerminal } from '@ralph/protocol/contract/lifecycle';
import type { StateFile, WorkerRecord } from '@ralph/protocol/contract/state-file';
import { findRepository, type Repository } from '@ralph/protocol/process/repository';
import { requireBranchName } from '@ralph/protocol/process/target-branch';
import type { INIT_OPTIONS } from '../options.ts';
import { claimsIn } from '../records/claims.ts';
import { activityOf } from '../records/record-activity.ts';
import { currentBranch } from '../repository-facts.ts';
import { lifetimeMs } from '../records/pruning.ts';
import { startUp } from '../records/start-up.ts';
import { withoutFollowUps } from '../records/without-follow-ups.ts';
import { workspaceIsThere } from '../records/workspace-presence.ts';
import { workspaceRootWords } from '../records/workspace-root.ts';
import { revisionOf } from '../store/state-document.ts';
import { StateStore } from '../store/state-store.ts';
import { withWriteLock, type WriteLock } from '../store/write-lock.ts';

/** `ralph-state init`: the start-up rules over a missing, old or left-over state file. */
export async function run(call: Call<typeof INIT_OPTIONS>): Promise<Result> {
  const { args, output, stop } = call;
  const repository = findRepository(args.repo);
  const asked = args['target-branch'];
  const targetBranch =
    asked === undefined ? await checkedOutBranch(repository) : await requireBranchName(repository.root, asked);
  const store = new StateStore(repository.root);
  const { state, notes, lost, finished } = await withWriteLock(repository.root, stop.signal, async (lock) => {
    const now = new Date();
    const isClaimed = claimsIn(repository.root);
    const before = await store.read();
    const started = startUp(before, {
      path: store.path,
      targetBranch,
      now,
      lifetimeMs: lifetimeMs(args['older-than']),
      activityOf: (record) => activityOf(record, now, isClaimed),
      workspaceIsThere: (path) => workspaceIsThere(repository.root, path),
    });
    if (started.changed) await store.write(lock, started.state);
    const healed = await healQueue(lock, repository, before);
    const state = withoutFollowUps(started.state, healed.settled);
    if (state !== started.state) await store.write(lock, state);
    return { ...started, state, notes: [...started.notes, ...healed.notes] };
  });
  // A program reads of the workspaces in the record.
  const forPeople = output.format === 'table' ? workspacesNote(repository.root, finished) : [];
  for (const note of [...lost.map(lostNote), ...notes, ...forPeople]) output.note(`ralph-state: ${note}`);
  return {
    record: {
      state_path: store.path,
      target_branch: state.target_branch,
      revision: revisionOf(state),
      records: state.workers.length,
      open_records: state.workers.filter(({ lifecycle }) => !isTerminal(lifecycle)).length,
      notes,
      lost: lost.map(({ task_id, lifecycle, attempt }) => ({
        task_id,
        lifecycle,
        ...(attempt === undefined ? {} : { attempt }),
      })),
      finished_workspaces: finished.map(({ task_id, lifecycle, workspace_path, attempt }) => ({
        task_id,
        lifecycle,
        workspace_path,
        ...(attempt === undefined ? {} : { attempt }),
      })),
    },
    text: `${store.path}: target branch ${state.target_branch}, ${state.workers.length} records\n`,
  };
}

function lostNote({ task_id: id, lifecycle }: WorkerRecord): string {
  return `${id} was ${lifecycle}, but its process is gone: it is failed now`;
}

/** A writer that was killed after it had recorded what landed has not moved it out of the queue; old records tell too. */
async function healQueue(
  lock: WriteLock,
  repository: Repository,
  before: StateFile | undefined,
): Promise<{ readonly notes: string[]; readonly settled: ReadonlySet<string> }> {
  const landed = (before?.workers ?? [])
    .filter(({ lifecycle }) => lifecycle === 'completed')
    .map(({ task_id: id, completed_at: at, attempt = 1, followups }) => ({ id, at: at ?? '', attempt, followups }));
  const { LandedTasks } = await import('../queue/landed.ts');
  const { QueueStore } = await import('../store/queue-store.ts');
  try {
    return {
      notes: [],
      settled: await new LandedTasks(repository, new QueueStore(repository.root)).archive(lock, landed),
    };
  } catch (error) {
    // Whoever starts tasks from the queue is told by its own check.
    if (!isFailure(error)) throw error;
    return { notes: [error.message], settled: new Set() };
  }
}

/** Workspaces are ralph-worker's: it keeps what nobody else has before it removes one. */
function workspacesNote(root: string, finished: readonly WorkerRecord[]): string[] {
  const [first] = finished;
  if (first === undefined) return [];
  const ids = finished.map(({ task_id }) => task_id).join(', ');
  const remove = commandLine(['ralph-worker', 'remove', first.task_id, ...(workspaceRootWords(root, first) ?? [])]);
  return [`the workspaces of ended tasks are still there (${ids}); to remove one: ${remove}`];
}

async function checkedOutBranch(repository: Repository): Promise<string> {
  const branch = await currentBranch(repository);
  if (branch !== undefined) return branch;
  throw new Failure('detached_head', 'no target branch was named, and none is checked out', {
    hint: 'name it with --target-branch',
  });
}
