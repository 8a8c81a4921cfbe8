import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { runWorker, taskLines } from './worker-run.ts';

const EDIT = 'echo edit > edit.txt';

/** A shell line that prints a value as JSON. */
const print = (value: unknown, space = 0) => `cat <<'END'\n${JSON.stringify(value, null, space)}\nEND`;

const message = { type: 'assistant', message: { usage: { input_tokens: 5, output_tokens: 5 } }, session_id: 's' };
const result = {
  type: 'result',
  session_id: 's',
  total_cost_usd: 0.25,
  usage: { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 100, cache_creation_input_tokens: 7 },
};

describe('what an agent used', () => {
  it('is told when it has ended, as it said it itself, and stays with its workspace', async () => {
    const repo = temporaryRepository();
    const init = { type: 'system', subtype: 'init', session_id: 's' };
    const run = await runWorker(
      repo,
      taskLines('RQ-0001'),
      [EDIT, ...[init, message, message, result].map((one) => print(one))].join('\n'),
    );
    const used = {
      input_tokens: 10,
      output_tokens: 5,
      cache_read_tokens: 100,
      cache_write_tokens: 7,
      cost_usd: 0.25,
    };
    const [finished] = run.events('agent.finished');
    expect(finished?.['usage']).toEqual(used);
    const marker = join(String(finished?.['workspace_path']), '.git/ralph/workspace.json');
    expect(JSON.parse(readFileSync(marker, 'utf8'))).toMatchObject({ finished: { usage: used } });
  });

  it('is absent where it says nothing, whatever words it uses', async () => {
    const repo = temporaryRepository();
    const agent = `${EDIT}\necho 'tokens used: 12'\necho 'the last run: {"type":"result","total_cost_usd":3}'\n${print(message)}`;
    const run = await runWorker(repo, taskLines('RQ-0001'), agent);
    expect(run.events('agent.finished')).toHaveLength(1);
    expect(run.events('agent.finished')[0]).not.toHaveProperty('usage');
  });

  it('is told of one that failed too, and its model only when that is no secret', async () => {
    const repo = temporaryRepository();
    const key = `gh${'p_'}${'a1B2'.repeat(9)}`;
    const own = { type: 'ralph.usage', output_tokens: 3 };
    const agent = `${print({ ...own, model: 'own-model' })}\nexit 3`;
    const run = await runWorker(repo, taskLines('RQ-0001'), agent);
    expect(run.events('agent.finished')).toMatchObject([{ usage: { output_tokens: 3, model: 'own-model' } }]);
    const secretive = await runWorker(repo, taskLines('RQ-0002'), `${print({ ...own, model: key })}\nexit 3`);
    expect(secretive.events('agent.finished')[0]?.['usage']).toEqual({ output_tokens: 3 });
  });

  it('is not that of its set-up, which prints into the same log', async () => {
    const repo = temporaryRepository();
    const said = JSON.stringify({ type: 'ralph.usage', output_tokens: 1000 });
    const agent = `${EDIT}\n${print({ type: 'ralph.usage', output_tokens: 3 })}`;
    const run = await runWorker(repo, taskLines('RQ-0001'), agent, '--setup', `echo '${said}'`);
    expect(run.events('agent.finished')[0]?.['usage']).toEqual({ output_tokens: 3 });
  });

  it('is told also where what the agent left cannot be read', async () => {
    const repo = temporaryRepository();
    const agent = `${EDIT}
git add -A && git commit -qm edit
tree=$(git rev-parse 'HEAD^{tree}')
object=$(git rev-parse --git-path objects)/$(echo "$tree" | cut -c-2)/$(echo "$tree" | cut -c3-)
chmod u+w "$object" && : > "$object"
${print({ type: 'ralph.usage', cost_usd: 1.5 })}`;
    const run = await runWorker(repo, taskLines('RQ-0001'), agent);
    const [finished] = run.events('agent.finished');
    const last_lines = ['{"type":"ralph.usage","cost_usd":1.5}'];
    expect(finished).toMatchObject({ exit_code: 0, reason: 'exited', usage: { cost_usd: 1.5 }, last_lines });
    expect(finished).toMatchObject({ commits: 0, changed_files: 0, head_commit: finished?.['base_commit'] });
    expect(finished).toMatchObject({ duration_ms: expect.any(Number), output_bytes: expect.any(Number) });
    expect(run.events('task.failed')).toMatchObject([{ code: 'git_failed', last_lines }]);
    const types = run.lines.map(({ type }) => type);
    expect(types.indexOf('agent.finished')).toBeLessThan(types.indexOf('task.failed'));
  });

  it('is found in a log that is begun anew again and again', async () => {
    const repo = temporaryRepository();
    const log = join(repo.root, '.ralph/logs/parallel/RQ-0001.1.log');
    // Each part is written when the one before has been moved away, so that nothing falls into the instant of a cut.
    const agent = `${EDIT}
for part in 1 2 3 4; do
  echo '{"type":"ralph.usage","input_tokens":10}'
  head -c 5000 /dev/zero | tr '\\0' x
  while [ -s "${log}" ]; do sleep 0.02; done
  echo
done
${print({ response: 'done', stats: { models: { pro: { tokens: { prompt: 7, candidates: 2, cached: 0, thoughts: 0 } } } } }, 2)}`;
    const run = await runWorker(repo, taskLines('RQ-0001'), agent, '--log-limit', '4K');
    expect(run.events('agent.finished')[0]?.['usage']).toEqual({
      input_tokens: 47,
      output_tokens: 2,
      cache_read_tokens: 0,
    });
  });
});

describe('the last lines of a task that failed', () => {
  const lines = 'for i in 1 2 3 4 5 6; do echo "line $i"; done';

  it('stand beside the reason, without secrets, whatever the reason is', async () => {
    const repo = temporaryRepository();
    repo.write('.env', 'SERVICE_TOKEN=quite-a-secret-1\n');
    const said = ['line 2', 'line 3', 'line 4', 'line 5', 'line 6'];
    const failed = await runWorker(repo, taskLines('RQ-0001'), `${lines}; exit 3`);
    expect(failed.events('task.failed')).toMatchObject([{ code: 'agent_failed', last_lines: said }]);
    const idle = await runWorker(repo, taskLines('RQ-0002'), lines);
    expect(idle.events('task.failed')).toMatchObject([{ code: 'no_changes', last_lines: said }]);
    const slow = await runWorker(repo, taskLines('RQ-0003'), `${lines}; exec sleep 600`, '--timeout', '2');
    expect(slow.events('task.failed')).toMatchObject([{ code: 'agent_timeout', last_lines: said }]);
    const agent = `echo 'rate limit reached: quite-a-secret-1'; exit 1`;
    const limited = await runWorker(repo, taskLines('RQ-0004'), agent);
    expect(limited.events('task.failed')).toMatchObject([
      { code: 'rate_limited', last_lines: ['rate limit reached: [redacted]'] },
    ]);
  });

  it('are those of the set-up where that failed, and none where nothing was printed', async () => {
    const repo = temporaryRepository();
    const run = await runWorker(repo, taskLines('RQ-0001'), EDIT, '--setup', `${lines}; exit 2`);
    expect(run.events('task.failed')).toMatchObject([
      { code: 'setup_failed', last_lines: ['line 2', 'line 3', 'line 4', 'line 5', 'line 6'] },
    ]);
    const silent = await runWorker(repo, taskLines('RQ-0002'), 'exit 3');
    expect(silent.events('task.failed')).toHaveLength(1);
    expect(silent.events('task.failed')[0]).not.toHaveProperty('last_lines');
  });
});
