import { resolve } from 'node:path';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import { openBench } from '../bench.ts';
import { integrate } from '../integrate.ts';
import type { ONE_OPTIONS } from '../options.ts';

/** `ralph-integrate one`: lands one workspace; ends with the status of what kept it from landing. */
export async function run(call: Call<typeof ONE_OPTIONS>): Promise<Result> {
  const { workspace, attempt } = call.args;
  if (workspace === undefined) throw usageFailure(call.program, 'one needs --workspace DIR');
  if (attempt === undefined) throw usageFailure(call.program, 'one needs --attempt N');
  const bench = await openBench(call);
  const taskId = call.operands[0] ?? '';
  const outcome = await integrate(bench, { taskId, attempt, workspacePath: resolve(workspace), title: undefined });
  switch (outcome.kind) {
    case 'landed':
    case 'stopped':
      return {};
    case 'blocked':
    case 'failed':
    case 'skipped':
      throw outcome.failure;
  }
}
