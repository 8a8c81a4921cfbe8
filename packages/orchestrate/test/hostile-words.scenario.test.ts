import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtProgram, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { notifyEnvironment } from './support/receiver.ts';

const IGNORED = { '.gitignore': '.ralph/\n.env\npwned\n', 'README.md': '# test\n' };

/** What would colour a terminal, turn text, end a line, start a program, close a tag, or name another task. */
const TITLE =
  '--upload-pack=x \u001b[31mred\u001b]0;owned\u0007 \u202eturned $(touch pwned) `touch pwned` "; touch pwned; \' <script>alert(1)</script>' +
  '\r\n\nRalph-Task: RQ-9999\nCo-authored-by: Evil <evil@example.invalid>';

/** Nothing of it may reach a terminal. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe('hostile words in a title and in what an agent prints', () => {
  it('start nothing, name nobody, and are plain text wherever they are shown', async () => {
    const repo = temporaryRepository(IGNORED);
    repo.queue([queueTask('RQ-0001', { title: TITLE, tags: ['--exec=x', '\u001b[2J'] })]);
    const said = join(repo.folder, 'said');
    const agent = scriptedCommand(
      repo.folder,
      'agent',
      String.raw`printf '\033]0;owned\007\033[2J\342\200\256 </script><img src=x onerror=alert(1)>\n'; echo x > x.txt`,
    );
    const hook = scriptedCommand(
      repo.folder,
      'hook',
      `printf '%s\\n' "$#" "$@" >> ${said}; env >> ${said}.env; cat >> ${said}.in`,
    );
    const metrics = join(repo.folder, 'metrics.prom');
    const env = notifyEnvironment({ id: 'team', command: [hook], events: ['task.*', 'run.*'] });
    const run = ['run', '--format', 'table', '--metrics-file', metrics, '--ci', 'test -e x.txt', '--', agent];
    const end = await runProgram('ralph-orchestrate', run, { cwd: repo.root, env });
    expect(end.status).toBe(0);
    await runProgram('ralph-orchestrate', ['notify', 'send'], { cwd: repo.root, env });
    const show = async (program: Parameters<typeof runProgram>[0], ...args: string[]) =>
      (await runProgram(program, [...args, '--format', 'table'], { cwd: repo.root })).stdout;
    const shown = [
      end.stdout,
      end.stderr,
      await show('ralph-orchestrate', 'history', 'last'),
      await show('ralph-state', 'task', 'list'),
      await show('ralph-state', 'list'),
    ];
    expect(shown.filter((text) => CONTROL.test(text.replaceAll('\r', '')))).toEqual([]);
    const page = join(repo.folder, 'page.html');
    await runProgram('ralph-orchestrate', ['report', '--output', page], { cwd: repo.root });
    expect(readFileSync(page, 'utf8')).not.toMatch(/<script>alert|<img src=x/);
    expect(readFileSync(metrics, 'utf8')).not.toContain('upload-pack');
    const events = readFileSync(join(repo.root, '.ralph/logs/parallel/events.ndjson'), 'utf8');
    expect(records(events).length).toBeGreaterThan(5);
    // eslint-disable-next-line no-control-regex
    expect(events).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    // One commit of one task, whatever its title says.
    expect(repo.gitOrigin('log', '-1', '--format=%(trailers:only)%an', 'main')).toBe('Test');
    const subject = repo.gitOrigin('log', '-1', '--format=%B', 'main');
    expect(subject).not.toMatch(CONTROL);
    expect(subject).not.toContain('RQ-9999');
    expect(existsSync(join(repo.root, 'pwned'))).toBe(false);
    // The words of others are in no argument of a command, but in its environment and on its stdin.
    expect(new Set(readFileSync(said, 'utf8').split('\n'))).toEqual(new Set(['0', '']));
  });
});

describe('what we write', () => {
  it('can be changed by no other user, and outputs, settings and copies of secrets be read by none, whatever the umask', async () => {
    const repo = temporaryRepository(IGNORED);
    repo.queue([queueTask('RQ-0001'), queueTask('RQ-0002')]);
    writeFileSync(join(repo.root, '.env'), 'TOKEN=abcdefghijklmnop\n', { mode: 0o600 });
    const agent = scriptedCommand(repo.folder, 'agent', 'cat .env; echo x > "$RALPH_TASK_ID.txt"');
    const gate = 'test "$RALPH_TASK_ID" = RQ-0001';
    const program = [process.execPath, builtProgram('ralph-orchestrate')];
    const args = ['run', '--no-resolver', '--ci', gate, '--', agent];
    const under = ['sh', '-c', 'umask 000; "$@" >/dev/null 2>&1; test $? -eq 2', 'sh', ...program, ...args];
    const [shell = '', ...words] = under;
    execFileSync(shell, words, { cwd: repo.root, env: testEnvironment() });
    const find = (...conditions: string[]) =>
      execFileSync('find', ['.ralph', repo.workspaces, '!', '-type', 'l', ...conditions], {
        cwd: repo.root,
        encoding: 'utf8',
      });
    expect(readdirSync(repo.workspaces)).toEqual(['RQ-0002']);
    expect(find('!', '-path', '*/queue.jsonc', '-perm', '-o+w')).toBe('');
    const own = ['-name', '*.log', '-o', '-name', '.env', '-o', '-name', '*.config', '-o', '-name', 'attempt_*.json'];
    expect(
      find('(', ...own, ')')
        .trim()
        .split('\n').length,
    ).toBeGreaterThan(5);
    expect(find('(', ...own, ')', '-perm', '/077')).toBe('');
  });
});

describe('records that name places of others', () => {
  it('lead no recovery, retry, removal or reap there', async () => {
    const repo = temporaryRepository(IGNORED);
    const victim = join(repo.folder, 'victim');
    execFileSync('git', ['clone', '-q', repo.origin, victim]);
    writeFileSync(join(victim, 'README.md'), 'edited\n');
    writeFileSync(join(victim, 'new.txt'), 'new\n');
    const seen = () =>
      execFileSync('sh', ['-c', 'git status --porcelain; git reflog; git rev-parse HEAD; ls -A'], {
        cwd: victim,
        encoding: 'utf8',
      });
    const before = seen();
    const lifecycles = ['running', 'integrating', 'completed', 'failed', 'blocked_push'];
    const places = [victim, '/', repo.root, repo.folder];
    const workers = lifecycles.flatMap((lifecycle, one) =>
      places.map((workspace_path, other) => ({
        task_id: workspace_path === victim && lifecycle === 'blocked_push' ? 'victim' : `T-${one}-${other}`,
        workspace_path,
        lifecycle,
        started_at: '2026-01-01T00:00:00Z',
        push_attempts: 0,
        attempt: 1,
        log_path: '/dev/zero',
      })),
    );
    const state = { schema_version: 3, started_at: '2026-01-01T00:00:00Z', target_branch: 'main', workers };
    repo.write('.ralph/cache/parallel/state.json', JSON.stringify(state));
    repo.queue([queueTask('RQ-0001')]);
    const agent = scriptedCommand(repo.folder, 'agent', 'echo x > x.txt');
    const ends = [
      await runProgram('ralph-orchestrate', ['run', '--', agent], { cwd: repo.root }),
      await runProgram('ralph-orchestrate', ['retry', 'victim'], { cwd: repo.root }),
      await runProgram('ralph-worker', ['remove', 'victim'], { cwd: repo.root }),
      await runProgram('ralph-worker', ['reap', '--all'], { cwd: repo.root }),
      await runProgram('ralph-state', ['prune'], { cwd: repo.root }),
    ];
    expect(ends.filter(({ status }) => status === 70)).toEqual([]);
    expect(repo.gitOrigin('show', 'main:x.txt')).toBe('x');
    expect(seen()).toBe(before);
  });
});
