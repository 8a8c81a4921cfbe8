import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { asIoFailure, Failure, isFailure, type FailureCode } from '@ralph/protocol/contract/failure';
import type { Task } from '@ralph/protocol/contract/task';
import type { ProcessTree } from '@ralph/protocol/process/process-tree';
import { linkOnTheWay, makeAnew } from '@ralph/protocol/process/workspace-file';
import { agentEnvironment } from './agent-environment.ts';
import { isToStop, recordAgent, type Seat } from './claimed-seat.ts';
import { KeptLog } from '@ralph/protocol/process/kept-log';
import { renderPrompt } from '../prompt/render-prompt.ts';
import type { Step } from './agent-plan.ts';
import { withPromptFile } from '@ralph/protocol/agents/agent-argv';
import type { AttemptGuard } from '../run/attempt-guard.ts';
import type { RunContext } from '../run/run-context.ts';
import { promptPath } from '../workspace/workspace-marker.ts';

/** What kept the agent from being started was none of its own. */
const KEPT_CODES: ReadonlySet<FailureCode> = new Set(['cancelled', 'agent_spawn_failed', 'rate_limited']);

/** An agent that is to be run. */
export interface AgentRun {
  readonly task: Task;
  readonly attempt: number;
  readonly path: string;
  readonly baseCommit: string;
  readonly logPath: string;
  readonly guard: AttemptGuard;
  /** The parts of the task, in their order. */
  readonly steps: readonly Step[];
}

/** Returns where it is written down who the agent of an attempt is. */
export function seatOf({ site }: RunContext, { task, path }: AgentRun): Seat {
  return { repoRoot: site.repo.root, taskId: task.id, path };
}

/**
 * Starts the agent of a part of a task, held at its gate and written down, with the prompt on its stdin, or in a file, and
 * its log behind stdout and stderr.
 *
 * @throws Failure `agent_spawn_failed`, `cancelled` when a stop came first, `rate_limited` when another was turned away
 */
export async function startAgent(
  context: RunContext,
  run: AgentRun,
  step: Step,
  portBase: number | undefined,
): Promise<ProcessTree> {
  const { task, attempt, path, logPath, steps } = run;
  const { call } = step;
  const command = call.prompt === 'file' ? withPromptFile(call.words, promptPath(path, step.phase)) : call.words;
  const opened: number[] = [];
  try {
    const log = openSync(logPath, 'a');
    opened.push(log);
    const stdin = openPrompt(context, run, step);
    opened.push(stdin);
    const of = { taskId: task.id, title: task.title, attempt, path, branch: context.branch };
    const env = agentEnvironment({ ...of, portBase, step, steps: steps.length }, context.environment);
    // What has begun goes on.
    if (step === steps[0]) context.quota.pass(Date.now());
    if (context.signal.aborted) throw new Failure('cancelled', 'stopped before the agent was started');
    if (isToStop(seatOf(context, run))) throw new Failure('cancelled', 'stopped on request');
    const { sandbox, trees } = context;
    const streams = { stdin, stdout: log, stderr: log };
    const tree = await trees.start({ command, cwd: path, folder: path, env, sandbox, ...streams });
    return recorded(seatOf(context, run), attempt, tree);
  } catch (error) {
    if (isFailure(error) && KEPT_CODES.has(error.code)) throw error;
    throw notStarted(error, 'start the agent', `${commandLine(command)}  # try it by hand`);
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}

/**
 * Opens the log of an agent.
 *
 * @throws Failure `agent_spawn_failed`
 */
export function openLog(path: string, limitBytes: number): KeptLog {
  try {
    return new KeptLog(path, limitBytes);
  } catch (error) {
    throw notStarted(
      error,
      `write the log ${path}`,
      `${commandLine(['ls', '-ld', dirname(path)])}  # may you write it?`,
    );
  }
}

/**
 * Agents that read a file of their own would take what is on stdin for a part of the prompt. An agent that was here before may
 * have put a link or a pipe in the place of the file: it is made anew, and not opened a second time.
 */
function openPrompt(context: RunContext, { task, path: workspace, baseCommit, steps }: AgentRun, step: Step): number {
  const path = promptPath(workspace, step.phase);
  const phases = steps.map(({ phase }) => phase);
  const facts = { task, phase: step.phase, phases, targetBranch: context.branch, baseCommit };
  const link = linkOnTheWay(workspace, path);
  if (link !== undefined) {
    throw new Failure('agent_spawn_failed', `the prompt cannot be written: ${link} is a symlink`, {
      hint: commandLine(['ls', '-l', link]),
    });
  }
  try {
    const file = makeAnew(path, renderPrompt(context.templates[step.phase], facts), 0o666);
    if (step.call.prompt !== 'file') return file;
    closeSync(file);
    return openSync('/dev/null', 'r');
  } catch (error) {
    throw notStarted(error, `write ${path}`, `${commandLine(['ls', '-ld', dirname(path)])}  # may you write it?`);
  }
}

/** The hint is a command that can be pasted: it is shown as the next one to type. */
function notStarted(error: unknown, doing: string, hint: string): Failure {
  const cause = asIoFailure(error, doing);
  return new Failure('agent_spawn_failed', cause instanceof Error ? cause.message : String(cause), { cause, hint });
}

function recorded(seat: Seat, attempt: number, tree: ProcessTree): ProcessTree {
  try {
    recordAgent(seat, attempt, tree);
    return tree;
  } catch (error) {
    tree.kill();
    throw error;
  }
}
