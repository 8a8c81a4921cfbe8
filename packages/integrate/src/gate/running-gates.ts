import { writeGateRecord, removeGateRecord } from '@ralph/protocol/process/gate-record';
import { bootId, identityOf } from '@ralph/protocol/process/process-identity';
import type { ProcessTree } from '@ralph/protocol/process/process-tree';
import { recordOf } from '@ralph/protocol/process/recorded-tree';
import type { RecordedTree } from '@ralph/protocol/contract/tree-record';

/** For what gates run, and where. */
interface Judged {
  readonly candidate: { readonly taskId: string; readonly attempt: number };
  readonly workspace: { readonly path: string };
}

/** Writes down which gates run, outside of the workspaces, for whoever comes after us when we are killed. */
export class RunningGates {
  readonly #byTask = new Map<string, RecordedTree[]>();
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Writes a gate down; to be called before the first of its instructions runs.
   *
   * @throws the error of the system
   */
  add(judged: Judged, tree: ProcessTree): void {
    const { taskId, attempt } = judged.candidate;
    this.#write(judged, [...(this.#byTask.get(taskId) ?? []), recordOf(attempt, tree)]);
  }

  /** Forgets a gate that has ended; one of which something lives on all the same stays. Never throws. */
  remove(judged: Judged, tree: ProcessTree): void {
    if (!tree.isGone) return;
    const { taskId } = judged.candidate;
    const { mark } = tree.signs;
    try {
      this.#write(
        judged,
        (this.#byTask.get(taskId) ?? []).filter((gate) => gate.mark !== mark),
      );
    } catch {
      // It names somebody who lives no more.
    }
  }

  #write({ candidate: { taskId }, workspace }: Judged, gates: RecordedTree[]): void {
    this.#byTask.set(taskId, gates);
    if (gates.length === 0) {
      this.#byTask.delete(taskId);
      removeGateRecord(this.#root, taskId);
      return;
    }
    const owner = identityOf(process.pid) ?? { pid: process.pid, start_time: '', boot_id: bootId() };
    writeGateRecord(this.#root, { task_id: taskId, workspace_path: workspace.path, owner, gates });
  }
}
