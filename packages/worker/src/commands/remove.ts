import type { Call, Result } from '@ralph/protocol/cli/program';
import type { ROOT_OPTIONS } from '../options.ts';
import { removeOnRequest } from '../removal-order.ts';
import { openSite } from '../site.ts';

/** `ralph-worker remove`: the workspace of a task goes; that there is none is fine. */
export async function run({ args, operands }: Call<typeof ROOT_OPTIONS>): Promise<Result> {
  const [taskId = ''] = operands;
  const { path, removed, salvaged } = await removeOnRequest(await openSite(args), taskId);
  const record = {
    task_id: taskId,
    workspace_path: path,
    removed,
    salvaged: salvaged === undefined ? [] : [{ ref: salvaged.ref, commit: salvaged.commit }],
  };
  const kept = salvaged === undefined ? '' : `; work kept as ${salvaged.ref}`;
  return { record, text: `${removed ? 'removed' : 'was not there'}: ${path}${kept}\n` };
}
