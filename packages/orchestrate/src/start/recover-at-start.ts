import { callSibling } from '@ralph/protocol/process/sibling';
import { carryOut, NOTHING_LEFT, type Recovery } from './carry-out.ts';
import { endingSiblings, waitForEnd } from './ending-siblings.ts';
import { gatherLeftovers, type Scene } from './gather-leftovers.ts';
import { hasLeftovers } from './has-leftovers.ts';
import { sweepDrafts } from './sweep-drafts.ts';
import { recover } from './recover.ts';

export interface RecoveryRequest extends Scene {
  readonly workspaceRoot: string;
  readonly targetBranch: string;
  /** How long records are kept after their end. */
  readonly retentionSeconds: number;
  readonly signal: AbortSignal;
}

/**
 * Makes the state file and what stands around it fit for a run, whatever the one before left: to be called under the
 * loop lock, before anything is started. Where nothing is left, one look at some folders and one call of ralph-state.
 *
 * @throws Failure of ralph-state: the state file cannot serve, or the target branch must not change
 */
export async function recoverAtStart(request: RecoveryRequest): Promise<Recovery> {
  const { repo, targetBranch, signal, onNote } = request;
  const hasTraces = hasLeftovers(request);
  const ending = hasTraces ? endingSiblings(repo) : [];
  if (ending.length > 0) onNote('an earlier run is just ending: its programs are waited for');
  const left = await waitForEnd(ending, signal);
  sweepDrafts(repo);
  const started = await callInit(request);
  const { state_path: statePath } = started;
  if (!hasTraces && started.lost.length === 0 && started.open_records === 0) return { ...NOTHING_LEFT, statePath };
  const lost = new Set(started.lost.map(({ task_id: id }) => id));
  const found = await gatherLeftovers(request, { lost, ending: [] });
  const recovery = await carryOut(request, found, recover(found.leftovers, targetBranch), targetBranch);
  const gone = ending.filter((sibling) => !left.includes(sibling)).flatMap(({ tasks }) => tasks);
  const waited = [...new Set(gone)].map(
    (task_id) => ({ task_id, action: 'waited_for', reason: 'a program of an earlier run was just ending it' }) as const,
  );
  return { ...recovery, statePath, told: [...waited, ...recovery.told] };
}

interface Started {
  readonly state_path: string;
  readonly lost: readonly { readonly task_id: string }[];
  readonly open_records: number;
  readonly notes: readonly string[];
}

/** What it says of lost records is told as what becomes of them. */
async function callInit({ repo, targetBranch, retentionSeconds, onNote }: RecoveryRequest): Promise<Started> {
  const retention = `--older-than=${retentionSeconds}`;
  const words = ['init', '--quiet', '--repo', repo, '--target-branch', targetBranch, retention];
  const [row] = await callSibling('ralph-state', words, onNote);
  const started = row as unknown as Started;
  for (const note of started.notes) onNote(`ralph-state: ${note}`);
  return started;
}
