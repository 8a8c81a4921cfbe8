import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { trustText } from '../src/settings/trust.ts';

const say = (value: unknown) => `cat <<'END'\n${JSON.stringify(value)}\nEND`;

/** A Claude that edits, says so, and mends in its own session what is red. */
const CLAUDE = `
if [ "$1" = --version ]; then echo '2.1.197 (Claude Code)'; exit; fi
cat > "$OUT/claude.$RALPH_TASK_ID.prompt"
printf '%s\\n' "$@" >> "$OUT/claude.args"
${say({ type: 'system', subtype: 'init', session_id: 'sess-1' })}
if [ -n "$RALPH_HANDOFF" ]; then
  case "$*" in *"--resume sess-1"*) echo mended > mended.txt ;; *) exit 9 ;; esac
else
  echo "by claude" > "$RALPH_TASK_ID.txt"
fi
${say({ type: 'assistant', session_id: 'sess-1', message: { content: [{ type: 'tool_use', name: 'Write', input: { file_path: 'a' } }] } })}
${say({ type: 'result', session_id: 'sess-1', result: 'All done.', total_cost_usd: 0.5, usage: { input_tokens: 3, output_tokens: 2 } })}`;

const OTHER = `
if [ "$1" = --version ]; then echo 'codex-cli 0.1.0'; exit; fi
cat > "$OUT/codex.$RALPH_TASK_ID.$RALPH_PHASE.prompt"
[ "$RALPH_PHASE" != plan ] || { mkdir -p "$(dirname "$RALPH_PLAN_FILE")"; echo plan > "$RALPH_PLAN_FILE"; }
echo "by codex" > "$RALPH_TASK_ID.txt"`;

interface Desk {
  readonly repository: TestRepository;
  run(...args: readonly string[]): ReturnType<typeof runProgram>;
}

/** A repository with tasks, and agents of these names on PATH. */
function desk(agents: Readonly<Record<string, string>>, ...tasks: readonly object[]): Desk {
  const repository = temporaryRepository();
  const { root, folder } = repository;
  repository.queue(tasks.map((task, at) => ({ ...queueTask(`RQ-000${at + 1}`), ...task })));
  const bins = Object.entries(agents).map(([name, body]) => dirname(scriptedCommand(folder, name, body)));
  const env = { OUT: folder, PATH: [...new Set(bins), process.env['PATH']].join(':') };
  return { repository, run: (...args) => runProgram('ralph-orchestrate', args, { cwd: root, env }) };
}

describe('ralph-orchestrate run --agent', () => {
  it('lands what the agent made, and tells who did what', async () => {
    const { repository, run } = desk({ claude: CLAUDE }, {});
    const end = await run('run', '--agent', 'claude', '--model', 'opus');
    expect(end).toMatchObject({ status: 0 });
    expect(repository.gitOrigin('show', 'main:RQ-0001.txt')).toBe('by claude');
    const receipt = records(end.stdout).findLast(({ type }) => type === 'task.receipt')?.['receipt'];
    expect(receipt).toMatchObject({ attempts: 1, edits: 1, tools: 0, usage: { cost_usd: 0.5 } });
    const page = join(repository.folder, 'page.html');
    await run('report', '--output', page);
    expect(readFileSync(page, 'utf8')).toContain('claude, 1 edit, 0 tools');
  });

  it('has its own session mend a red gate', async () => {
    const { repository, run } = desk({ claude: CLAUDE }, {});
    const end = await run('run', '--agent', 'claude', '--ci', 'test -e mended.txt');
    expect(end).toMatchObject({ status: 0 });
    expect(repository.gitOrigin('show', 'main:mended.txt')).toBe('mended');
    const remedies = records(end.stdout).filter(({ type }) => type === 'remediation.finished');
    expect(remedies).toMatchObject([{ result: 'resolved', last_lines: ['All done.'], usage: { cost_usd: 0.5 } }]);
  });

  it('lands nothing of an agent that says it came to an error, and tells that error', async () => {
    const commits = 'echo half > half.txt; git add half.txt; git commit -q -m half';
    const error = say({ type: 'result', is_error: true, session_id: 's', result: 'API Error: 500' });
    const { repository, run } = desk({ claude: `cat >/dev/null; ${commits}\n${error}` }, {});
    const end = await run('run', '--agent', 'claude', '--ci', 'true');
    expect(end.status).toBe(2);
    expect(records(end.stdout).filter(({ type }) => type === 'task.failed')).toMatchObject([
      { code: 'agent_failed', reason: expect.stringContaining('API Error: 500') },
    ]);
    expect(end.stdout).not.toContain('integrate.started');
    expect(repository.gitOrigin('ls-tree', '--name-only', 'main')).not.toContain('half.txt');
  });

  it('asks again for the task of one that met a limit behind its first commit, with status 0', async () => {
    const commits = 'echo half > half.txt; git add half.txt; git commit -q -m half';
    const limited = say({
      type: 'result',
      is_error: true,
      session_id: 's',
      result: 'API Error: 429 rate limit',
      api_error_status: 429,
    });
    const body = `if [ ! -e "$OUT/tried" ]; then touch "$OUT/tried"; ${commits}\n${limited}\nelse ${CLAUDE}\nfi`;
    const { repository, run } = desk({ claude: body }, {});
    const end = await run('run', '--agent', 'claude', '--wait-for-quota', '--rate-limit-delay', '1');
    expect(end.status).toBe(0);
    expect(repository.gitOrigin('ls-tree', '--name-only', 'main')).toMatch(/^RQ-0001\.txt$/m);
    expect(repository.gitOrigin('ls-tree', '--name-only', 'main')).not.toContain('half.txt');
  });

  it('tells whoever mends a task of several phases what was asked of the one that did it', async () => {
    const { repository, run } = desk({ claude: CLAUDE }, {});
    const end = await run('run', '--agent', 'claude', '--phases', '3', '--ci', 'test -e mended.txt');
    expect(end).toMatchObject({ status: 0 });
    const told = readFileSync(join(repository.folder, 'claude.RQ-0001.prompt'), 'utf8');
    expect(told).toMatch(/\nThe task was:\n\nTask RQ-0001\n[^]*It has been planned: read/);
    expect(told).not.toContain('Review what was done');
  });

  it('goes by the configuration where the command line is silent, and by each task before that', async () => {
    const { repository, run } = desk(
      { claude: CLAUDE, codex: OTHER },
      {},
      { agent: { runner: 'codex', phases: 2, model: 'gpt-5.4' } },
    );
    repository.write('.ralph/config.jsonc', '{"agent":{"runner":"claude","model":"opus"}}');
    const refused = await run('run');
    expect(refused.status).toBe(78);
    expect(errorRecord(refused.stderr)).toMatchObject({
      code: 'config_untrusted',
      message: /agent\.runner \(line 1\)/,
    });
    repository.write('.ralph/trust.jsonc', trustText());
    expect(await run('run')).toMatchObject({ status: 0 });
    expect(repository.gitOrigin('show', 'main:RQ-0001.txt')).toBe('by claude');
    expect(repository.gitOrigin('show', 'main:RQ-0002.txt')).toBe('by codex');
    expect(readFileSync(join(repository.folder, 'claude.args'), 'utf8')).toContain('--model\nopus\n');
    expect(readFileSync(join(repository.folder, 'codex.RQ-0002.plan.prompt'), 'utf8')).toContain('Plan the task below');
  });

  it('needs no trust for what the command line overrules', async () => {
    const { repository, run } = desk({ claude: CLAUDE }, {});
    repository.write(
      '.ralph/config.jsonc',
      '{"agent":{"runner":"codex","phase_overrides":{"phase1":{"runner":"pi"}}}}',
    );
    expect(await run('run', '--agent', 'claude')).toMatchObject({ status: 0 });
  });

  it.each([
    [['run'], 64, 'ralph-orchestrate run --agent claude'],
    [['run', '--agent', 'claud'], 64, 'did you mean claude?'],
    [['run', '--agent', 'claude', '--', 'true'], 64, 'exclude each other'],
    [['run', '--agent', 'cursor'], 127, 'cursor.com/install'],
  ])('a wrong call changes nothing, and says what to type: %j', async (args, status, words) => {
    const { run } = desk({ claude: CLAUDE }, {});
    const end = await run(...args);
    expect(end).toMatchObject({ status, stdout: '' });
    expect(end.stderr).toContain(words);
  });
});

describe('ralph-orchestrate prompt show', () => {
  it('prints to the byte what an agent gets, by the phases that it would have', async () => {
    const { repository, run } = desk({ claude: CLAUDE, codex: OTHER }, {}, { agent: { runner: 'codex', phases: 2 } });
    const shown = await run('prompt', 'show', 'RQ-0001');
    const plan = await run('prompt', 'show', 'RQ-0002', '--phase', 'plan');
    await run('run', '--agent', 'claude', '--phases', '1');
    expect(readFileSync(join(repository.folder, 'claude.RQ-0001.prompt'), 'utf8')).toBe(shown.stdout);
    expect(plan.stdout).toMatch(/^Plan the task below/);
    const missing = await run('prompt', 'show', 'RQ-9');
    expect({ ...missing, stderr: errorRecord(missing.stderr)['code'] }).toEqual({
      status: 6,
      stdout: '',
      stderr: 'task_not_found',
    });
  });
});

describe('ralph-orchestrate doctor', () => {
  async function agentRow(run: Desk['run'], ...args: readonly string[]) {
    return records((await run('doctor', ...args)).stdout).find(({ check }) => check === 'agent');
  }

  it('says which version an agent has, that it is too old, that it is missing, and what to install', async () => {
    const { run } = desk({ claude: CLAUDE, codex: OTHER, gemini: 'exit 3' });
    expect(await agentRow(run, '--agent', 'claude')).toMatchObject({
      level: 'ok',
      message: 'claude 2.1.197 can be started',
    });
    expect(await agentRow(run, '--agent', 'codex')).toMatchObject({
      level: 'warning',
      message: expect.stringContaining('codex 0.1.0 is older than'),
      hint: 'npm install -g @openai/codex',
    });
    expect(await agentRow(run, '--agent', 'gemini')).toMatchObject({
      level: 'warning',
      hint: expect.stringContaining('gemini-cli'),
    });
    expect(await agentRow(run, '--agent', 'cursor')).toMatchObject({ level: 'error', code: 'command_not_found' });
    expect(await agentRow(run)).toMatchObject({
      message: expect.stringMatching(/^no agent is named; on PATH: .*claude/),
    });
  });
});
