import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram, startProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { runNamed, spied, SPY } from './named-agents.ts';
import { runOf, taskLines } from './worker-run.ts';

describe('an agent that is known by its name', () => {
  it('gets model, effort and approval as its own options, and the prompt on stdin, never as an argument', async () => {
    const repo = temporaryRepository();
    const run = await runNamed(
      repo,
      { claude: SPY },
      { args: ['--agent', 'claude', '--model', 'opus', '--effort', 'high'] },
    );
    expect({ status: run.status, stderr: run.stderr }).toMatchObject({ status: 0 });
    const args = spied(repo, 'claude.RQ-0001.args');
    expect(args).toContain('--model\nopus\n');
    expect(args).toContain('--permission-mode\nacceptEdits\n');
    expect(args).not.toContain('Task RQ-0001');
    expect(spied(repo, 'claude.RQ-0001.stdin')).toMatch(/^Task RQ-0001\n\nTask: RQ-0001\n\nYou are alone/);
    const [finished] = run.events('agent.finished');
    expect(finished).toMatchObject({ agent: { name: 'claude', model: 'opus', effort: 'high' } });
    expect(run.events('agent.started')[0]).toMatchObject({ agent: { name: 'claude' } });
  });

  it('may do more without asking where that is wanted, or where a sandbox holds it', async () => {
    const repo = temporaryRepository();
    await runNamed(repo, { codex: SPY }, { args: ['--agent', 'codex', '--approval', 'all'] });
    expect(spied(repo, 'codex.RQ-0001.args')).toContain('--dangerously-bypass-approvals-and-sandbox\n');
    await runNamed(repo, { codex: SPY }, { args: ['--agent', 'codex'], stdin: taskLines('RQ-0002') });
    expect(spied(repo, 'codex.RQ-0002.args')).toContain('--sandbox\nworkspace-write\n');
  });

  it('reads its prompt from a file where it takes none on stdin, which is empty then', async () => {
    const repo = temporaryRepository();
    const body = `${SPY}\nsed -n 's/^.*@//p' "$OUT/pi.RQ-0001.args" | xargs cat > "$OUT/read"`;
    const run = await runNamed(repo, { pi: body }, { args: ['--agent', 'pi'] });
    expect({ status: run.status, stderr: run.stderr }).toMatchObject({ status: 0 });
    expect(spied(repo, 'read')).toMatch(/^Task RQ-0001\n/);
    expect(spied(repo, 'pi.RQ-0001.stdin')).toBe('');
    expect(run.events('agent.finished')[0]).toMatchObject({ prompt: 'file', command: expect.arrayContaining(['pi']) });
    expect(JSON.stringify(run.events('agent.finished')[0]?.['command'])).toContain('{prompt_file}');
  });

  it('is the one that the task asks for, unless the command line names one', async () => {
    const repo = temporaryRepository();
    const tasks = [
      { id: 'RQ-0001', title: 'A' },
      { id: 'RQ-0002', title: 'B', agent: { runner: 'gemini', model: 'flash' } },
      { id: 'RQ-0003', title: 'C', agent: { model: 'haiku' } },
    ];
    const stdin = tasks.map((task) => `${JSON.stringify(task)}\n`).join('');
    const config = ['--agent-config', JSON.stringify({ runner: 'claude', model: 'opus' })];
    const run = await runNamed(repo, { claude: SPY, gemini: SPY }, { args: config, stdin });
    expect({ status: run.status, stderr: run.stderr }).toMatchObject({ status: 0 });
    expect(spied(repo, 'claude.RQ-0001.args')).toContain('--model\nopus\n');
    // The model of another agent says nothing to it.
    expect(spied(repo, 'gemini.RQ-0002.args')).toContain('--model\nflash\n');
    expect(spied(repo, 'claude.RQ-0003.args')).toContain('--model\nhaiku\n');
    const named = await runNamed(repo, { claude: SPY, gemini: SPY }, { args: ['--agent', 'claude'], stdin });
    expect(named.events('agent.finished').map(({ agent }) => agent)).toEqual([
      { name: 'claude' },
      { name: 'claude' },
      // It was said of no other agent.
      { name: 'claude', model: 'haiku' },
    ]);
  });

  it('may be one of the user, with its own way of going on', async () => {
    const repo = temporaryRepository();
    const presets = {
      mine: {
        command: ['my-agent', ['-m', '{model}'], ['-e', '{effort}'], '{approval}', 'go'],
        approval: { all: ['-y'] },
      },
    };
    const args = [
      '--agent',
      'mine',
      '--model',
      'x',
      '--approval',
      'all',
      '--agent-config',
      JSON.stringify({ presets }),
    ];
    const run = await runNamed(repo, { 'my-agent': SPY }, { args });
    expect({ status: run.status, stderr: run.stderr }).toMatchObject({ status: 0 });
    expect(spied(repo, 'my-agent.RQ-0001.args')).toBe('-m\nx\n-y\ngo\n');
  });
});

describe('an agent that is not there', () => {
  it('is told with how it is installed, before anything is begun', async () => {
    const repo = temporaryRepository();
    const env = { PATH: process.env['PATH'] ?? '' };
    const args = ['run', '--agent', 'cursor'];
    const { status, stderr } = await runProgram('ralph-worker', args, { cwd: repo.root, stdin: taskLines('A-1'), env });
    expect(status).toBe(127);
    expect(stderr).toContain('the agent cursor is not installed');
    expect(stderr).toContain('cursor.com/install');
  });

  it.each([
    [['--agent', 'cladue'], 'did you mean claude?'],
    [['--agent', 'claude', '--model=--evil'], '--model must be one word'],
    [['--agent', 'claude', '--phases', '4'], '--phases must be 1, 2 or 3'],
    [['--agent', 'claude', '--', 'true'], 'exclude each other'],
    [['--agent-config', '{"runer":"claude"}', '--agent', 'claude'], '--agent-config: '],
    [['--agent-config', '{'], '--agent-config is not JSON'],
    [[], 'no agent is named'],
  ])('a wrong call is refused: %j', async (args, words) => {
    const repo = temporaryRepository();
    const { status, stdout, stderr } = await runProgram('ralph-worker', ['run', ...args], { cwd: repo.root });
    expect({ status, stdout }).toEqual({ status: 64, stdout: '' });
    expect(stderr).toContain(words);
  });

  it.each([
    [{ runner: 'nobody' }, 'no agent is called "nobody"'],
    [{ runner: 'claude', model: '-x y' }, 'model: must be one word'],
    [{ runner: 'claude', model: 'a\u0000b' }, 'model: must be one word'],
    [{ phases: 7 }, 'phases: '],
    ['claude', 'the agent that RQ-0001 asks for'],
  ])('a task that asks for what there is not fails by itself, the others go on: %j', async (agent, words) => {
    const repo = temporaryRepository();
    const stdin = `${JSON.stringify({ id: 'RQ-0001', title: 'A', agent })}\n${taskLines('RQ-0002')}`;
    const run = await runNamed(repo, { claude: SPY }, { args: ['--agent-config', '{"runner":"claude"}'], stdin });
    expect(run.events('task.failed')).toMatchObject([{ task_id: 'RQ-0001', code: 'agent_spawn_failed' }]);
    expect(run.events('task.failed')[0]?.['reason']).toContain(words);
    expect(run.events('agent.finished')).toMatchObject([{ task_id: 'RQ-0002', exit_code: 0 }]);
  });
});

describe('a command behind --', () => {
  it.each([['codex'], [{ runner: 'no such' }], [{ phases: 9 }], [{ phases: 2 }]])(
    'does a task whatever that says of its agent: %j',
    async (agent) => {
      const repo = temporaryRepository();
      const stdin = `${JSON.stringify({ id: 'RQ-0001', title: 'A', agent })}\n`;
      const run = await runNamed(repo, { mine: SPY }, { args: ['--', 'mine'], stdin });
      expect({ status: run.status, stderr: run.stderr }).toMatchObject({ status: 0 });
      expect(run.events('agent.started')).toHaveLength(1);
      expect(spied(repo, 'mine.RQ-0001.stdin')).toMatch(/^A\n\nTask: RQ-0001\n/);
    },
  );
});

describe('what an agent does', () => {
  const say = (value: unknown) => `cat <<'END'\n${JSON.stringify(value)}\nEND`;
  const init = { type: 'system', subtype: 'init', session_id: '0f-1' };
  const part = (content: unknown) => ({ type: 'assistant', session_id: '0f-1', message: { content: [content] } });

  it('is told in words that are the same for all, with the session that can go on', async () => {
    const repo = temporaryRepository();
    const body = [
      SPY,
      say(init),
      say(part({ type: 'tool_use', name: 'Bash', input: { command: 'ls' } })),
      say(part({ type: 'tool_use', name: 'Edit', input: { file_path: 'edit.txt' } })),
      'echo "not JSON"; echo "{\\"type\\": 7}"',
      say(part({ type: 'text', text: 'It is\ndone.' })),
      // A turn that is seen: progress is told every two seconds.
      'while [ ! -e "$OUT/seen" ]; do sleep 0.05; done',
    ].join('\n');
    const bin = dirname(scriptedCommand(repo.folder, 'claude', body));
    const env = { OUT: repo.folder, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    const child = startProgram('ralph-worker', ['run', '--agent', 'claude'], { cwd: repo.root, env });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (text.includes('It is done.')) writeFileSync(join(repo.folder, 'seen'), '');
    });
    child.stdin.end(taskLines('RQ-0001'));
    await new Promise((resolve) => child.on('close', resolve));
    const run = runOf(0, stdout, '');
    const last = run.events('agent.progress').find(({ activity }) => JSON.stringify(activity)?.includes('done'));
    expect(last).toMatchObject({
      activity: { kind: 'text', text: 'It is done.' },
      counts: { tools: 1, edits: 1 },
      session: '0f-1',
    });
    expect(run.events('agent.finished')[0]).toMatchObject({
      session: '0f-1',
      counts: { tools: 1, edits: 1 },
      resume_command: expect.arrayContaining(['claude', '--resume', '0f-1']),
    });
  });

  it('tells by its own words why it failed, not by the JSON around them', async () => {
    const repo = temporaryRepository();
    const failed = {
      type: 'result',
      subtype: 'error',
      is_error: true,
      session_id: '0f-1',
      result: 'Usage limit reached|1',
    };
    const run = await runNamed(
      repo,
      { claude: `${say(init)}\n${say(failed)}\nexit 1` },
      { args: ['--agent', 'claude'] },
    );
    expect(run.events('agent.finished')[0]).toMatchObject({ last_lines: ['Usage limit reached|1'] });
    expect(run.events('task.failed')[0]).toMatchObject({ code: 'rate_limited' });
  });

  it('ends with what was printed last, where that was no JSON', async () => {
    const repo = temporaryRepository();
    const body = `${say(init)}\n${say(part({ type: 'text', text: 'At work.' }))}\necho 'Error: no network' >&2\nexit 1`;
    const run = await runNamed(repo, { claude: body }, { args: ['--agent', 'claude'] });
    expect(run.events('agent.finished')[0]).toMatchObject({ last_lines: ['At work.', 'Error: no network'] });
    expect(run.events('task.failed')[0]?.['reason']).toContain('Error: no network');
  });
});
