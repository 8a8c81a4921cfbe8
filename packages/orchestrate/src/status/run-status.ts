import { join } from 'node:path';
import { lockRecord } from '@ralph/protocol/contract/lock-record';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { isFailure } from '@ralph/protocol/contract/failure';
import type { QuotaEntry } from '@ralph/protocol/contract/quota-entry';
import { sharedRoot } from '@ralph/protocol/process/repository';
import { callSibling } from '@ralph/protocol/process/sibling';
import { listLoops, type LoopRow } from '../loops/list-loops.ts';
import { closedAccounts } from '../quota/quota-book.ts';
import { checkedOutBranch } from '../start/checked-out-branch.ts';
import { endingSiblings } from '../start/ending-siblings.ts';
import { gatherLeftovers } from '../start/gather-leftovers.ts';
import { recover } from '../start/recover.ts';
import { stopStands } from '../stop/stop-file.ts';

/** What stands beside the document of ralph-state. */
export interface RunStatus {
  /** What ralph-lock says of the loop lock. */
  readonly lock: Readonly<Record<string, unknown>>;
  /** Whether the run that goes on was asked to start nothing more. */
  readonly stop_requested: boolean;
  /** What the next run would do with what was left, before it starts anything; nothing while a run goes on. */
  readonly recovery: readonly ToldRecovery[];
  /** Accounts that met a limit of their provider which is not over: no agent of theirs is started. */
  readonly closed_accounts: readonly QuotaEntry[];
  /** The second loops of the repository, running or not. */
  readonly loops: readonly LoopRow[];
}

export interface ToldRecovery {
  readonly task_id: string;
  readonly attempt?: number;
  readonly action: string;
  readonly reason: string;
}

export interface StatusRequest {
  readonly repo: string;
  readonly targetBranch: string | undefined;
  readonly workspaceRoot: string | undefined;
  readonly onNote: (line: string) => void;
}

/** Looks at what goes on and at what was left; changes nothing. */
export async function runStatus(request: StatusRequest): Promise<RunStatus> {
  const { repo, onNote } = request;
  const [lock = {}] = await callSibling('ralph-lock', ['status', '--repo', repo], onNote);
  return {
    lock,
    stop_requested: stopStands(join(repo, RALPH_PATHS.stopRequest), lockRecord.safeParse(lock['holder']).data),
    recovery: lock['locked'] === true ? [] : await nextRecovery(request),
    closed_accounts: closedAccounts(sharedRoot(repo), Date.now()),
    loops: await listLoops(repo),
  };
}

async function nextRecovery({ repo, targetBranch, workspaceRoot, onNote }: StatusRequest): Promise<ToldRecovery[]> {
  try {
    const scene = { repo, workspaceRoot, given: undefined, onNote };
    const found = await gatherLeftovers(scene, { lost: new Set(), ending: endingSiblings(repo) });
    return recover(found.leftovers, targetBranch ?? checkedOutBranch(repo) ?? '').map(
      ({ leftover: { taskId, workspace, record }, action, reason }) => {
        const attempt = workspace?.attempt ?? record?.attempt;
        return { task_id: taskId, ...(attempt === undefined ? {} : { attempt }), action, reason };
      },
    );
  } catch (error) {
    // The rest is worth telling all the same, and a run would stop at the same place.
    if (!isFailure(error)) throw error;
    onNote(`what was left cannot be judged: ${error.message}`);
    return [];
  }
}
