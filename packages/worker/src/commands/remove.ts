import type { Call, Result } from '@ralph/protocol/cli/program';
import type { REMOVE_OPTIONS } from '../options.ts';
import { removeOnRequest } from '../removal/removal-order.ts';
import { openSite } from '../site/site.ts';

/** `ralph-worker remove`: the workspace of a task goes; that there is none is fine. */
export async function run({ args, operands }: Call<typeof REMOVE_OPTIONS>): Promise<Result> {
  const [taskId = ''] = operands;
  const order = { taskId, attempt: args.attempt };
  const { path, removed, salvaged, leftover } = await removeOnRequest(await openSite(args), order, args.warm);
  const record = {
    task_id: taskId,
    workspace_path: path,
    removed,
    salvaged: salvaged === undefined ? [] : [{ ref: salvaged.ref, commit: salvaged.commit }],
    ...(leftover === undefined ? {} : { left_in: leftover.path, problem: leftover.problem }),
  };
  const kept = salvaged === undefined ? '' : `; work kept as ${salvaged.ref}`;
  if (leftover !== undefined) return { record, text: `${leftover.problem}${kept}\n`, exit: 'io' };
  return { record, text: `${removed ? 'removed' : 'was not there'}: ${path}${kept}\n` };
}
