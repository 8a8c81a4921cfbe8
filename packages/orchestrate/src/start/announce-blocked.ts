import { commandLine } from '@ralph/protocol/cli/shell-words';
import { callSibling } from '@ralph/protocol/process/sibling';

/** Words of a reason, at most: the whole of it is in the record. */
const REASON_LENGTH = 180;

/**
 * Tells at the start of a run which tasks it leaves out, since their work waits for a person, and how each is asked for
 * again (reference: preflight, the last step). It never fails the run.
 */
export async function announceBlocked(repo: string, onNote: (line: string) => void): Promise<void> {
  const listed = callSibling('ralph-state', ['list', '--repo', repo, '--lifecycle', 'blocked_push'], onNote);
  for (const line of blockedWords(await listed.catch(() => []), repo)) onNote(line);
}

/** Returns the lines for the records that are blocked, but not for those that were asked for again or await a review. */
export function blockedWords(records: readonly Readonly<Record<string, unknown>>[], repo: string): string[] {
  const blocked = records.filter(
    (record) => record['retry_requested_at'] === undefined && record['error_code'] !== 'published',
  );
  if (blocked.length === 0) return [];
  const count = blocked.length === 1 ? '1 task is' : `${blocked.length} tasks are`;
  return [
    `${count} blocked since an earlier run and not started:`,
    ...blocked.map((record) => {
      const id = String(record['task_id']);
      const [reason = ''] = String(record['last_error'] ?? '').split('\n');
      const retry = commandLine(['ralph-orchestrate', 'retry', id, '--repo', repo]);
      const attempts = Number(record['push_attempts'] ?? 0);
      return `  ${id} (attempts: ${attempts}): ${reason.slice(0, REASON_LENGTH)}; to run it again: ${retry}`;
    }),
  ];
}
