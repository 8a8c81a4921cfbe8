import { expect } from 'vitest';
import type { Brain } from '@ralph/protocol/testing/model/moves';
import { records, runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { agentDesk, ASKED, wordsFor, type AgentDesk } from './agent-desk.ts';
import type { RealAgent } from './pinned-agents.ts';

const GATE = 'test -e made.txt && test -e mended.txt';

/** What one session has used: a request for the edit, and one for the end; by a file, one for that before them. */
const used = (requests: number) => ({
  input_tokens: 900 * requests,
  cache_read_tokens: 100 * requests,
  output_tokens: 20 * requests,
});

/** These tell their session only at the end, or no figures. */
const TELLS_LATE: readonly RealAgent[] = ['kimi'];

/**
 * Has a real agent do a task whose gate is red until the agent has been called again, and shows the whole road: from the
 * prompt that its model gets to the commit that is on origin.
 */
export async function provesItself(
  agent: RealAgent,
  bin: string,
  more: (home: string) => readonly string[] = () => [],
): Promise<void> {
  let stdout = '';
  const brain: Brain = async ({ text, results }) => {
    // Its first edit is looked at while it works.
    if (results.some((result) => !result.includes('Make the file'))) {
      await waitUntil('what it does, by agent.progress', () => edits(stdout) > 0);
    }
    return text.includes(GATE) ? { path: 'mended.txt', content: 'mended\n' } : { path: 'made.txt', content: 'made\n' };
  };
  const desk = await agentDesk(agent, bin, brain);
  const run = startProgram('ralph-orchestrate', ['run', ...wordsFor(agent), '--ci', GATE, ...more(desk.home)], {
    cwd: desk.repository.root,
    env: desk.env,
  });
  run.stdout.on('data', (text: string) => (stdout += text));
  const { status, stderr } = await transcriptOf(run);
  expect(status === 0 ? 'landed' : stderr).toBe('landed');
  isOnOrigin(desk);
  isToldOf(agent, records(stdout));
  await wasAskedRightly(agent, desk);
}

function edits(stdout: string): number {
  return stdout.split('\n').filter((line) => line.includes('"agent.progress"') && line.includes('"kind":"edit"'))
    .length;
}

function isOnOrigin({ repository }: AgentDesk): void {
  expect(repository.gitOrigin('show', 'main:made.txt')).toBe('made');
  expect(repository.gitOrigin('show', 'main:mended.txt')).toBe('mended');
  expect(repository.gitOrigin('log', '--format=%s', 'main')).toContain('RQ-0001: Make the file made.txt');
}

function isToldOf(agent: RealAgent, events: readonly Record<string, unknown>[]): void {
  const of = (type: string) => events.filter((event) => event['type'] === type);
  const tellsUsage = agent !== 'kimi';
  const figures = tellsUsage ? { usage: expect.objectContaining(used(2)) as unknown } : {};
  const session = expect.stringMatching(/^\S{8,}$/) as unknown;
  const done = { session, counts: { edits: 1, tools: agent === 'kimi' ? 1 : 0 }, ...figures };
  expect(of('agent.finished')).toMatchObject([{ reason: 'exited', exit_code: 0, agent: { name: agent }, ...done }]);
  const seen = of('agent.progress').filter(
    ({ activity }) => (activity as { kind?: string } | undefined)?.kind === 'edit',
  );
  const file = expect.stringContaining('made.txt') as unknown;
  expect(seen[0]).toMatchObject({ activity: { text: file }, ...(TELLS_LATE.includes(agent) ? {} : { session }) });
  const last_lines = expect.arrayContaining(['It is done.']) as unknown;
  expect(of('remediation.finished')).toMatchObject([{ result: 'resolved', last_lines, ...figures }]);
}

async function wasAskedRightly(agent: RealAgent, { model, repository, env }: AgentDesk): Promise<void> {
  const asked = model.asked.filter(({ tools }) => tools.length > 0);
  const wanted = ASKED[agent];
  expect(new Set(asked.map((one) => one.model))).toEqual(new Set([wanted.model.replace('local/', '')]));
  expect(new Set(asked.map(({ effort }) => effort))).toEqual(new Set([wanted.effort]));
  const shown = await runProgram('ralph-orchestrate', ['prompt', 'show', 'RQ-0001'], { cwd: repository.root, env });
  const lines = shown.stdout.split('\n').filter((line) => line.trim() !== '');
  const [first, last] = [asked.find(({ text }) => text.includes('It says who made it.')), asked.at(-1)];
  expect(lines.filter((line) => first?.text.includes(line) !== true)).toEqual([]);
  // The session that mends knows what was asked before.
  expect([last?.text.includes('It says who made it.'), last?.text.includes(GATE)]).toEqual([true, true]);
  expect(last?.prompts.length).toBeGreaterThan(first?.prompts.length ?? 0);
}
