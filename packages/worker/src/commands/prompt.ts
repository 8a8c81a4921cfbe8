import type { Call, Result } from '@ralph/protocol/cli/program';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import { parseLine } from '@ralph/protocol/contract/parse-line';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { targetBranch } from '@ralph/protocol/process/target-branch';
import { choicesFor } from '../agent/agent-plan.ts';
import { readAgentPlan } from '../agent/read-agent-plan.ts';
import type { PROMPT_OPTIONS } from '../options.ts';
import { readTemplates } from '../prompt/read-templates.ts';
import { renderPrompt } from '../prompt/render-prompt.ts';

/** `ralph-worker prompt`: prints what an agent would get for each task of the input, and starts none. */
export async function run(call: Call<typeof PROMPT_OPTIONS>): Promise<Result> {
  const { args, command, program, output } = call;
  const { root } = findGitRepository(args.repo);
  const plan = readAgentPlan(program, { ...args, sandbox: 'none' }, command);
  const branch = await targetBranch(root, args['target-branch']);
  const templates = readTemplates(root);
  const records: object[] = [];
  for await (const line of call.input.lines()) {
    const parsed = parseLine(line.record, line.number);
    if (parsed.kind !== 'task') continue;
    const { task } = parsed;
    const choices = choicesFor(plan, task);
    const phases = choices.map(({ phase }) => phase);
    if (args.phase !== undefined && !phases.includes(args.phase)) {
      throw usageFailure(program, `${task.id} has no phase ${args.phase}: its phases are ${phases.join(', ')}`);
    }
    for (const { phase, choice } of choices) {
      if (args.phase !== undefined && args.phase !== phase) continue;
      const facts = { task, phase, phases, targetBranch: branch, baseCommit: undefined };
      const prompt = renderPrompt(templates[phase], facts);
      const { runner: agent, model, effort } = choice;
      records.push({ task_id: task.id, phase, agent, model, effort, prompt });
      if (args.format !== undefined && args.format !== 'table') continue;
      const isOne = args.phase !== undefined || phases.length === 1;
      await output.write(Buffer.from(isOne ? prompt : `== ${phase}\n${prompt}\n`));
    }
  }
  return args.format === undefined || args.format === 'table' ? {} : { records };
}
