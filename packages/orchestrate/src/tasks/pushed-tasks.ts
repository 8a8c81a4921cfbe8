import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { tryGit } from '@ralph/protocol/process/git';
import { parseJsonc } from '@ralph/protocol/process/read-jsonc';
import type { TaskSource } from './choice.ts';

/** The tasks of a queue that git carries, as far as the target branch of the remote is known to have them. */
export class PushedTasks {
  readonly #root: string;
  readonly #ref: string;
  readonly #known = new Set<string>();

  /** @param ref what is known here of the target branch */
  constructor(root: string, ref: string) {
    this.#root = root;
    this.#ref = ref;
  }

  /**
   * Tells whether a task is, or has been, in the queue of the target branch.
   *
   * @throws Failure `queue_corrupt` when that queue cannot be read
   */
  async has(id: string): Promise<boolean> {
    if (!this.#known.has(id)) await this.#read();
    return this.#known.has(id);
  }

  async #read(): Promise<void> {
    const path = `${this.#ref}:${RALPH_PATHS.queue}`;
    const { stdout, exitCode } = await tryGit(['show', path], { cwd: this.#root });
    if (exitCode !== 0) return;
    const queue = (await parseJsonc(stdout, path, 'queue_corrupt')) as { tasks?: readonly { id?: unknown }[] } | null;
    for (const task of queue?.tasks ?? []) if (typeof task?.id === 'string') this.#known.add(task.id);
  }
}

/**
 * A source that holds tasks back which only the user's own copy of the queue has: what lands could not move them to done,
 * and their agents would work in vain.
 */
export function onlyPushed(source: TaskSource, pushed: PushedTasks, onNote: (line: string) => void): TaskSource {
  const told = new Set<string>();
  return async (question) => {
    const held: string[] = [];
    for (;;) {
      const choice = await source({ ...question, busy: [...question.busy, ...held] });
      const { task, waiting } = choice;
      if (task === undefined) return { ...choice, waiting: { ...waiting, unpushed: held.length } };
      if (await pushed.has(task.id)) return choice;
      held.push(task.id);
      if (!told.has(task.id)) onNote(`${task.id} waits until the queue that has it is committed and pushed`);
      told.add(task.id);
    }
  };
}
