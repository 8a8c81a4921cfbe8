import type { Call, Result } from '@ralph/protocol/cli/program';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { callSibling } from '@ralph/protocol/process/sibling';
import { flagLayer } from '../settings/flag-layer.ts';
import { Settled } from '../settings/layers.ts';
import { readSettings } from '../settings/read-settings.ts';
import { settingsOf } from '../settings/settings.ts';
import { runStatusText } from '../status/run-status-text.ts';
import { runStatus } from '../status/run-status.ts';
import { stateText } from '../status/state-text.ts';
import type { STATUS_OPTIONS } from '../status/status-options.ts';

type StatusCall = Call<typeof STATUS_OPTIONS>;

/**
 * `ralph-orchestrate status`: how things stand, and what the next run would do first; status 0 whatever it says. With
 * `--follow` the run that goes on, until it ends; where there is none, the same as without.
 */
export async function run(call: StatusCall): Promise<Result> {
  const { args, output } = call;
  const { root: repo } = findGitRepository(args.repo);
  const onNote = (line: string) => output.note(line);
  if (args.follow) {
    const { follow } = await import('../follow/follow.ts');
    const followed = await follow(call, repo);
    if (followed !== undefined) return followed;
    output.note('no run goes on, so there is nothing to follow; this is how things stand:');
  }
  const workspaceRoot = await rootOf(call, repo);
  const ours = await runStatus({ repo, targetBranch: args['target-branch'], workspaceRoot, onNote });
  if (output.format === 'table') return { text: `${await stateText(repo)}${runStatusText(ours)}` };
  const [document = {}] = await callSibling('ralph-state', ['status', '--repo', repo], onNote);
  return { record: { ...document, ...ours } };
}

/** A configuration that cannot be used stops a run, which says so; how things stand can be told without it. */
async function rootOf({ args, command, output }: StatusCall, root: string): Promise<string | undefined> {
  const flags = flagLayer({ args, command });
  try {
    return settingsOf((await readSettings({ root, env: process.env, flags })).settled, root).workspaceRoot;
  } catch (error) {
    output.note(error instanceof Error ? error.message : String(error));
    return settingsOf(new Settled([flags]), root).workspaceRoot;
  }
}
