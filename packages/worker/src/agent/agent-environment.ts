import { scrubbedEnvironment } from '@ralph/protocol/process/environment';
import { PORTS_PER_AGENT } from '../ports/port-blocks.ts';
import { planFile, summaryFile } from '../prompt/render-prompt.ts';
import type { Step } from './agent-plan.ts';
import { promptPath } from '../workspace/workspace-marker.ts';

const TITLE_LIMIT_BYTES = 4096;

const OF_A_STEP = [
  'RALPH_PHASE',
  'RALPH_PLAN_FILE',
  'RALPH_SUMMARY_FILE',
  'RALPH_RUNNER_USED',
  'RALPH_MODEL_USED',
] as const;

export interface AgentFacts {
  readonly taskId: string;
  readonly title: string;
  readonly attempt: number;
  readonly path: string;
  readonly branch: string;
  /** The first of the ports that it has for itself; nothing when there were none. */
  readonly portBase?: number | undefined;
  /** Which part of the task it does; a set-up does none. */
  readonly step?: Step | undefined;
  /** How many parts the task has. */
  readonly steps?: number;
}

/** Returns the environment of an agent: ours, without what would lead git elsewhere, and what it should know. */
export function agentEnvironment(facts: AgentFacts, from: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const outer = scrubbedEnvironment(from);
  // Those of an agent that we were started by are its own.
  delete outer['RALPH_PORT_BASE'];
  delete outer['RALPH_PORT_COUNT'];
  for (const name of OF_A_STEP) delete outer[name];
  const { portBase, step, steps = 1, taskId } = facts;
  const { name, model } = step?.call ?? {};
  return {
    ...outer,
    PWD: facts.path,
    RALPH_TASK_ID: facts.taskId,
    RALPH_TASK_TITLE: titleForEnvironment(facts.title),
    RALPH_WORKSPACE: facts.path,
    RALPH_TARGET_BRANCH: facts.branch,
    RALPH_PROMPT_FILE: promptPath(facts.path, step?.phase),
    RALPH_ATTEMPT: String(facts.attempt),
    ...(steps === 1 || step === undefined
      ? {}
      : { RALPH_PHASE: step.phase, RALPH_PLAN_FILE: planFile(taskId), RALPH_SUMMARY_FILE: summaryFile(taskId) }),
    ...(name === undefined ? {} : { RALPH_RUNNER_USED: name }),
    ...(model === undefined ? {} : { RALPH_MODEL_USED: model }),
    ...(portBase === undefined ? {} : { RALPH_PORT_BASE: String(portBase), RALPH_PORT_COUNT: String(PORTS_PER_AGENT) }),
  };
}

/** A title from a JSON file may hold what no environment can, or be longer than the kernel starts a program with. */
function titleForEnvironment(title: string): string {
  const bytes = Buffer.from(title.replaceAll('\0', ' '));
  if (bytes.length <= TITLE_LIMIT_BYTES) return bytes.toString();
  // A character that was cut in two is left out.
  return new TextDecoder().decode(bytes.subarray(0, TITLE_LIMIT_BYTES), { stream: true });
}
