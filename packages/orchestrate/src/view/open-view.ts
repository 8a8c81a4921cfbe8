import { join } from 'node:path';
import type { Call } from '@ralph/protocol/cli/program';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { isLive } from './is-live.ts';
import type { LiveView } from './live-view.ts';

/** Begins to show a run at the foot of the terminal; nothing where stdout is none, or nobody is there to see it. */
export async function openView(
  { output, stop }: Pick<Call, 'output' | 'stop'>,
  root: string,
): Promise<LiveView | undefined> {
  const { onTerminal, format, quiet } = output;
  if (!isLive({ onTerminal, format, quiet, env: process.env })) return undefined;
  const [view, left] = await Promise.all([import('./live-view.ts'), import('./tasks-left.ts')]);
  const tasks = new left.TasksLeft(root, () => opened?.refresh());
  const log = join(root, RALPH_PATHS.events);
  const opened = view.LiveView.open({ output, stop, log, waiting: (model) => tasks.count(model) });
  return opened;
}
