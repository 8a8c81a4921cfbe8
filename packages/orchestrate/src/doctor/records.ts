import { isFailure } from '@ralph/protocol/contract/failure';
import type { PreflightFinding } from '@ralph/protocol/contract/preflight-report';
import type { StatusDocument } from '@ralph/protocol/contract/status-document';
import { unchecked } from '@ralph/protocol/process/findings';
import { callSibling } from '@ralph/protocol/process/sibling';

type Counted = Pick<StatusDocument, 'lifecycle_counts' | 'lost'>;

/** Asks ralph-state for what earlier runs have left. */
export async function examineRecords(root: string): Promise<PreflightFinding> {
  try {
    const [status] = await callSibling('ralph-state', ['status', '--repo', root]);
    return judgeRecords(status as unknown as Counted);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return unchecked('records', 'state_file');
  }
}

/** Says what of earlier runs is left to be done. Pure. */
export function judgeRecords({ lifecycle_counts: counts, lost }: Counted): PreflightFinding {
  const { total, running, blocked, failed } = counts;
  const facts = { ...counts };
  const hint = 'ralph-orchestrate status';
  if (lost.length > 0) {
    const message = `the processes of ${lost.join(', ')} are gone; the next run takes them up`;
    return { check: 'records', level: 'warning', message, hint, facts };
  }
  if (blocked + failed > 0) {
    const message = `blocked: ${blocked}, failed: ${failed}, running: ${running}`;
    return { check: 'records', level: 'warning', message, hint, facts };
  }
  return {
    check: 'records',
    level: 'ok',
    message: total === 0 ? 'nothing is on record' : `on record: ${total}`,
    facts,
  };
}
