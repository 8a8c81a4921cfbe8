import { optionWords } from '@ralph/protocol/cli/option-words';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { Failure } from '@ralph/protocol/contract/failure';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { callSibling } from '@ralph/protocol/process/sibling';
import { agentPlan, agentWords } from '../settings/agent-settings.ts';
import { flagLayer } from '../settings/flag-layer.ts';
import { readSettings } from '../settings/read-settings.ts';
import type { PROMPT_OPTIONS } from '../prompt/prompt-options.ts';

/** `ralph-orchestrate prompt show ID`: what an agent of a run would be told for a task, to the byte. */
export async function run({ args, operands, output }: Call<typeof PROMPT_OPTIONS>): Promise<Result> {
  const [id = ''] = operands;
  const { root } = findGitRepository(args.repo);
  const flags = flagLayer({ args: { agent: args.agent, phases: args.phases }, command: [] });
  const { settled } = await readSettings({ root, env: process.env, flags });
  const note = (line: string) => output.note(line);
  const tasks = await callSibling('ralph-state', ['task', 'list', '--repo', root], note);
  const task = tasks.find((each) => each['id'] === id);
  if (task === undefined) {
    throw new Failure('task_not_found', `no task ${id} in the queue`, { hint: 'ralph-state task list' });
  }
  const words = [
    ...agentWords(agentPlan(settled)).options,
    ...(args.phase === undefined ? [] : optionWords('--phase', args.phase)),
    ...(args['target-branch'] === undefined ? [] : optionWords('--target-branch', args['target-branch'])),
  ];
  const asked = ['prompt', '--repo', root, '--format', 'ndjson', ...words];
  const records = await callSibling('ralph-worker', asked, note, { records: [task] });
  if (args.format !== undefined && args.format !== 'table') return { records };
  for (const { phase, prompt } of records) {
    const heading = records.length === 1 ? '' : `== ${String(phase)}\n`;
    await output.write(Buffer.from(`${heading}${String(prompt)}${records.length === 1 ? '' : '\n'}`));
  }
  return {};
}
