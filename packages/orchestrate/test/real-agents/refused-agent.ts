import type { Wish } from '@ralph/protocol/testing/model/moves';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { agentDesk, wordsFor } from './agent-desk.ts';
import type { RealAgent } from './pinned-agents.ts';

/** Has a real agent do a task while its provider refuses it after the first edit; returns how the task has failed. */
export async function refusedAgent(agent: RealAgent, bin: string, wish: Wish): Promise<Record<string, unknown>> {
  const { repository, env } = await agentDesk(agent, bin, ({ results }) => {
    const hasEdited = results.some((result) => !result.includes('Make the file'));
    return hasEdited ? wish : { path: 'made.txt', content: 'half\n' };
  });
  const { root: cwd } = repository;
  const { stdout: stdin } = await runProgram('ralph-state', ['task', 'list', '--runnable'], { cwd, env });
  const end = await runProgram('ralph-worker', ['run', ...wordsFor(agent)], { cwd, env, stdin });
  return records(end.stdout).find(({ type }) => type === 'task.failed') ?? { said: end.stdout + end.stderr };
}
