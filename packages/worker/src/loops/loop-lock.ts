import { Failure } from '@ralph/protocol/contract/failure';
import { Sibling } from '@ralph/protocol/process/sibling';

/**
 * Takes the loop lock of a worktree, so that no loop starts in it.
 *
 * @returns the function that lets it go
 * @throws Failure `lock_held` while a loop runs there
 */
export async function holdLoop(path: string, prompt: string): Promise<() => Promise<void>> {
  const holder = new Sibling('ralph-lock', ['hold', '--leash', '--repo', path, '--prompt', prompt]);
  const lines = holder.lines();
  const first = await lines.next();
  if (first.done === true || first.value.record['type'] !== 'lock.acquired') {
    for await (const line of lines) void line;
    throw (await holder.ended).failure ?? new Failure('sibling_failed', 'ralph-lock ended without the lock');
  }
  return async () => {
    holder.end();
    for await (const line of lines) void line;
    // Its file may be gone with the worktree by now, which it says.
    await holder.ended;
  };
}
