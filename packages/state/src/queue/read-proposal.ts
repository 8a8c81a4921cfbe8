import type { InputLine } from '@ralph/protocol/cli/input';
import { badLine } from '@ralph/protocol/contract/bad-line';
import { followupProposal, type Followup } from '@ralph/protocol/contract/followups';
import { firstIssue } from '@ralph/protocol/contract/first-issue';
import { describeIssue } from '@ralph/protocol/contract/parse-line';

/**
 * Returns what a line of stdin proposes to follow a task.
 *
 * @throws Failure `bad_line` for one that is not sound, or that is about another task
 */
export function readProposal({ record, number }: InputLine, sourceId: string): readonly Followup[] {
  const hint = 'see what it must hold with ralph-state schema followup-proposal';
  const parsed = firstIssue(followupProposal, record);
  if (!parsed.success) throw badLine(number, `proposal: ${describeIssue(parsed.error)}`, hint);
  const { source_task_id: source, tasks } = parsed.data;
  if (source !== sourceId) throw badLine(number, `proposal: source_task_id is ${source}, not ${sourceId}`, hint);
  return tasks;
}
