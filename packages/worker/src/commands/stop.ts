import type { Call, Result } from '@ralph/protocol/cli/program';
import { findRepository } from '@ralph/protocol/process/repository';
import type { STOP_OPTIONS } from '../options.ts';
import { stopAgent, type Stopped } from '../removal/stop-agent.ts';
import { requireSafeId } from '../site/workspace-path.ts';

/** `ralph-worker stop`: ends the agents of tasks, side by side, whoever runs them. */
export async function run({ args, operands, stop }: Call<typeof STOP_OPTIONS>): Promise<Result> {
  const ids = [...new Set(operands)];
  ids.forEach(requireSafeId);
  const { root } = findRepository(args.repo);
  const outcomes = await Promise.all(ids.map((id) => stopAgent(root, id, stop.signal)));
  return {
    records: outcomes.map(({ row }) => row),
    columns: {
      task: (row: Stopped) => row.task_id,
      stopped: (row: Stopped) => (row.stopped ? 'yes' : 'no'),
      reason: (row: Stopped) => row.reason ?? '',
    },
    ...(outcomes.some(({ runs }) => runs) ? { exit: 'failed' } : {}),
  };
}
