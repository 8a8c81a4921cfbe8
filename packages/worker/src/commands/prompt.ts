import type { AgentPlan } from '@ralph/protocol/agents/doer';
import { failureText } from '@ralph/protocol/cli/failure-text';
import { printResult } from '@ralph/protocol/cli/print-result';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import { exitCode } from '@ralph/protocol/contract/exit-status';
import { Failure, isFailure } from '@ralph/protocol/contract/failure';
import { parseLine } from '@ralph/protocol/contract/parse-line';
import type { Task } from '@ralph/protocol/contract/task';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { targetBranch } from '@ralph/protocol/process/target-branch';
import { choicesFor } from '../agent/agent-plan.ts';
import { readAgentPlan } from '../agent/read-agent-plan.ts';
import type { PROMPT_OPTIONS } from '../options.ts';
import { readTemplates } from '../prompt/read-templates.ts';
import { renderPrompt } from '../prompt/render-prompt.ts';

/**
 * `ralph-worker prompt`: prints what an agent would get for each task of the input, and starts none.
 *
 * @throws Failure `agent_spawn_failed` behind all others where what a task says of its agent cannot be read
 */
export async function run(call: Call<typeof PROMPT_OPTIONS>): Promise<Result> {
  const { args, command, program, output } = call;
  const { root } = findGitRepository(args.repo);
  const plan = readAgentPlan(program, { ...args, sandbox: 'none' }, command);
  const branch = await targetBranch(root, args['target-branch']);
  const templates = readTemplates(root);
  const isText = args.format === undefined || args.format === 'table';
  const records: object[] = [];
  const failures: Failure[] = [];
  for await (const line of call.input.lines()) {
    const parsed = parseLine(line.record, line.number);
    if (parsed.kind !== 'task') continue;
    const { task } = parsed;
    const choices = choicesOrFailure(plan, task);
    if (isFailure(choices)) {
      failures.push(choices);
      continue;
    }
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
      if (!isText) continue;
      const isOne = args.phase !== undefined || phases.length === 1;
      await output.write(Buffer.from(isOne ? prompt : `== ${phase}\n${prompt}\n`));
    }
  }
  const result = isText ? {} : { records };
  const last = failures.pop();
  if (last === undefined) return result;
  await printResult(output, result);
  for (const failure of failures) output.note(failureText(program, failure));
  throw records.length === 0
    ? last
    : new Failure(last.code, last.message, { ...last.parts, exit: exitCode('partial') });
}

/** A task whose agent cannot be read keeps no other from being shown, as it keeps none from being done. */
function choicesOrFailure(plan: AgentPlan, task: Task): ReturnType<typeof choicesFor> | Failure {
  try {
    return choicesFor(plan, task);
  } catch (error) {
    if (isFailure(error)) return error;
    throw error;
  }
}
