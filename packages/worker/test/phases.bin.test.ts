import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { runNamed, spied } from './named-agents.ts';
import { taskLines } from './worker-run.ts';

describe('a task of several phases', () => {
  const PHASED = `
echo "$RALPH_PHASE" >> "$OUT/phases"
cat > "$OUT/$RALPH_PHASE.prompt"
case "$RALPH_PHASE" in
plan) mkdir -p "$(dirname "$RALPH_PLAN_FILE")"; echo 'first this, then that' > "$RALPH_PLAN_FILE" ;;
implement) cat "$RALPH_PLAN_FILE" > "$OUT/plan.seen"; echo work > work.txt; mkdir -p "$(dirname "$RALPH_SUMMARY_FILE")"; echo 'all of it' > "$RALPH_SUMMARY_FILE" ;;
review) cat "$RALPH_SUMMARY_FILE" > "$OUT/summary.seen"; cat "$RALPH_PLAN_FILE" > "$OUT/plan.seen.again"; echo mended >> work.txt ;;
esac`;

  it('is planned, done and reviewed one after the other, each with the files of those before', async () => {
    const repo = temporaryRepository();
    const run = await runNamed(repo, { claude: PHASED }, { args: ['--agent', 'claude', '--phases', '3'] });
    expect({ status: run.status, stderr: run.stderr }).toMatchObject({ status: 0 });
    expect(spied(repo, 'phases')).toBe('plan\nimplement\nreview\n');
    expect([spied(repo, 'plan.seen'), spied(repo, 'plan.seen.again')]).toEqual(
      Array(2).fill('first this, then that\n'),
    );
    expect(spied(repo, 'summary.seen')).toBe('all of it\n');
    expect(spied(repo, 'plan.prompt')).toContain('Plan the task below');
    expect(spied(repo, 'review.prompt')).toMatch(/git diff [0-9a-f]{40}/);
    expect(run.events('agent.started').map(({ phase }) => phase)).toEqual(['plan', 'implement', 'review']);
    const [finished, more] = run.events('agent.finished');
    expect([finished, more]).toMatchObject([{ exit_code: 0, commits: 1, changed_files: 1 }, undefined]);
    const log = readFileSync(String(finished?.['log_path']), 'utf8');
    expect(log).toBe('== plan (claude)\n\n== implement (claude)\n\n== review (claude)\n');
    const kept = String(finished?.['log_path']).replace(/\.log$/, '.plan.md');
    expect(readFileSync(kept, 'utf8')).toBe('first this, then that\n');
  });

  it('may be given to different agents, by the configuration or the task', async () => {
    const repo = temporaryRepository();
    const config = {
      runner: 'claude',
      model: 'opus',
      phases: 2,
      phase_overrides: { phase1: { model: 'haiku' }, phase3: { runner: 'codex', reasoning_effort: 'high' } },
    };
    const task = { id: 'RQ-0001', title: 'A', agent: { phases: 3, phase_overrides: { phase2: { runner: 'gemini' } } } };
    const agents = { claude: PHASED, codex: PHASED, gemini: PHASED };
    const args = ['--agent-config', JSON.stringify(config)];
    const run = await runNamed(repo, agents, { args, stdin: `${JSON.stringify(task)}\n` });
    expect(run.events('agent.started').map(({ agent }) => agent)).toEqual([
      { name: 'claude', model: 'haiku' },
      { name: 'gemini' },
      { name: 'codex', effort: 'high' },
    ]);
    // What mends the work later is who did it.
    expect(run.events('agent.finished')[0]).toMatchObject({ agent: { name: 'gemini' } });
  });

  it('takes the last words of an agent for its plan, where that has written no file', async () => {
    const repo = temporaryRepository();
    const text = JSON.stringify({
      type: 'assistant',
      session_id: 's',
      message: { content: [{ type: 'text', text: 'Do X.' }] },
    });
    const body = `if [ "$RALPH_PHASE" = plan ]; then echo '${text}'; else cat "$RALPH_PLAN_FILE" > work.txt; fi`;
    const run = await runNamed(repo, { claude: body }, { args: ['--agent', 'claude', '--phases', '2'] });
    expect({ status: run.status, stderr: run.stderr }).toMatchObject({ status: 0 });
    const path = String(run.events('agent.finished')[0]?.['workspace_path']);
    expect(readFileSync(join(path, 'work.txt'), 'utf8')).toBe('Do X.\n');
  });

  it('takes what an agent of plain text has printed for its plan, and nothing of other phases for its last words', async () => {
    const repo = temporaryRepository();
    const plan = "printf 'Mind the rate limit.\\nThen do X.'";
    const body = `if [ "$RALPH_PHASE" = plan ]; then ${plan}; else cp "$RALPH_PLAN_FILE" "$OUT/plan.seen"; echo no; exit 3; fi`;
    const run = await runNamed(repo, { claude: body }, { args: ['--agent', 'claude', '--phases', '2'] });
    expect(spied(repo, 'plan.seen')).toBe('Mind the rate limit.\nThen do X.\n');
    expect(run.events('task.failed')).toMatchObject([{ code: 'agent_failed', last_lines: ['no'] }]);
  });

  it('takes a plan of plain text with JSON in it as it is', async () => {
    const repo = temporaryRepository();
    const quoted = ['Answer with', '{"type":"init","session_id":"abc"}', 'and test it.'].join('\n');
    const body = `if [ "$RALPH_PHASE" = plan ]; then echo '${quoted}'; else cp "$RALPH_PLAN_FILE" "$OUT/plan.seen"; echo x > x; fi`;
    const run = await runNamed(repo, { claude: body }, { args: ['--agent', 'claude', '--phases', '2'] });
    expect({ status: run.status, plan: spied(repo, 'plan.seen') }).toEqual({ status: 0, plan: `${quoted}\n` });
  });

  it('tells what was made and used where its next phase cannot be started, and hands nothing on', async () => {
    const repo = temporaryRepository();
    const log = join(repo.root, '.ralph/logs/parallel/RQ-0001.1.log');
    const used = JSON.stringify({ type: 'ralph.usage', input_tokens: 7 });
    const body = `echo '${used}'; echo work > work.txt; sleep 0.1; [ "$RALPH_PHASE" != implement ] || { mv '${log}' '${log}.kept'; mkdir '${log}'; }; echo "$RALPH_PHASE" > "$RALPH_PLAN_FILE" || { mkdir -p .ralph/cache/plans; echo plan > "$RALPH_PLAN_FILE"; }`;
    const run = await runNamed(repo, { claude: body }, { args: ['--agent', 'claude', '--phases', '3'] });
    expect(run.events('agent.started').map(({ phase }) => phase)).toEqual(['plan', 'implement']);
    expect(run.events('agent.finished')).toMatchObject([
      { exit_code: 0, commits: 1, code: 'io', usage: { input_tokens: 14 } },
    ]);
    expect(run.events('task.failed')).toMatchObject([{ code: 'io', reason: expect.stringContaining('EISDIR') }]);
  });

  it('goes on, once it has begun, when another task meets a limit', async () => {
    const repo = temporaryRepository();
    const other = '../RQ-0002';
    const body = `
case $RALPH_TASK_ID.$RALPH_PHASE in
RQ-0001.plan) until [ -e "$OUT/limited" ]; do sleep 0.05; done; while [ -e ${other} ]; do sleep 0.05; done; echo plan ;;
RQ-0002.plan) touch "$OUT/limited"; echo 'rate limit reached'; exit 1 ;;
*) echo work > work.txt ;;
esac`;
    const args = ['--agent', 'claude', '--phases', '2', '--jobs', '2'];
    const run = await runNamed(repo, { claude: body }, { args, stdin: taskLines('RQ-0001', 'RQ-0002') });
    expect(run.events('task.failed')).toMatchObject([{ task_id: 'RQ-0002', code: 'rate_limited' }]);
    expect(run.events('agent.finished').find((event) => event['task_id'] === 'RQ-0001')).toMatchObject({ commits: 1 });
  });

  it('ends with its first phase that fails, or leaves no plan', async () => {
    const repo = temporaryRepository();
    const failing = await runNamed(
      repo,
      { claude: 'echo tried; exit 3' },
      { args: ['--agent', 'claude', '--phases', '3'] },
    );
    expect(failing.events('agent.started')).toHaveLength(1);
    expect(failing.events('task.failed')).toMatchObject([
      { code: 'agent_failed', reason: expect.stringContaining('status 3') },
    ]);
    const silent = await runNamed(
      repo,
      { claude: 'echo made > made.txt' },
      { args: ['--agent', 'claude', '--phases', '2'] },
    );
    expect(silent.events('agent.finished')).toMatchObject([{ exit_code: 0, code: 'agent_failed' }]);
    expect(silent.events('task.failed')).toMatchObject([
      { code: 'agent_failed', reason: expect.stringContaining('no plan in .ralph/cache/plans/RQ-0001.md') },
    ]);
    // What it has made is kept all the same.
    expect(silent.events('task.failed')[0]?.['salvage_ref']).toBeDefined();
  });

  it('hands nothing on through a link that an agent has put there', async () => {
    const repo = temporaryRepository();
    const body = `mkdir -p .ralph/cache "$OUT/elsewhere"; ln -s "$OUT/elsewhere" .ralph/cache/plans; echo x > "$RALPH_PLAN_FILE"`;
    const run = await runNamed(repo, { claude: body }, { args: ['--agent', 'claude', '--phases', '2'] });
    expect(run.events('task.failed')[0]?.['reason']).toContain('a symlink on the way to .ralph/cache/plans/RQ-0001.md');
    const log = String(run.events('agent.finished')[0]?.['log_path']);
    expect(existsSync(log.replace(/\.log$/, '.plan.md'))).toBe(false);
  });
});
