import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, delimiter, dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { builtProgram, runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { canSandbox, livingWith } from '@ralph/protocol/testing/sandbox-here';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { ESCAPES, viewOf } from './support/escapes.ts';
import { runOf, STUBBORN, taskLines } from './worker-run.ts';

const SANDBOX = ['--sandbox', 'bwrap'] as const;

/** A repository whose agents may write a folder beside it, `OUT`. */
function boxed(agent: string, ...more: readonly string[]) {
  const repo = temporaryRepository();
  const out = join(repo.folder, 'out');
  mkdirSync(out);
  const command = scriptedCommand(repo.folder, 'agent', agent);
  const args = ['run', ...SANDBOX, '--sandbox-write', out, ...more, '--', command];
  return {
    repo,
    out,
    args,
    workspace: join(repo.workspaces, 'RQ-0001'),
    options: { cwd: repo.root, env: { OUT: out } },
  };
}

async function runBoxed(agent: string, ...more: readonly string[]) {
  const { args, options, ...box } = boxed(agent, ...more);
  const { status, stdout, stderr } = await runProgram('ralph-worker', args, {
    ...options,
    stdin: taskLines('RQ-0001'),
  });
  return { ...box, run: runOf(status, stdout, stderr) };
}

const logOf = ({ root }: TestRepository) => readFileSync(join(root, '.ralph/logs/parallel/RQ-0001.1.log'), 'utf8');

/** What every process that an agent has started carries. */
const sign = (workspace: string) => `RALPH_WORKSPACE=${workspace}`;

// Without bubblewrap, or where user namespaces are forbidden, there is no sandbox that could be tested.
describe.skipIf(!canSandbox())('an agent in a sandbox', () => {
  it('finds no way out, and everything is as it was but its own work', async () => {
    const { repo, args, options } = boxed(ESCAPES);
    const home = join(repo.folder, 'home');
    const secrets = { '.ssh/id_ed25519': 'key', '.netrc': 'token', '.bashrc': 'plain' };
    mkdirSync(join(home, '.ssh'), { recursive: true });
    for (const [name, text] of Object.entries(secrets)) writeFileSync(join(home, name), text);
    repo.queue([]);
    await runProgram('ralph-worker', ['prepare', 'RQ-0009'], { cwd: repo.root });
    const socket = join(repo.folder, 'agent.sock');
    const server = createServer().listen(socket);
    onTestFinished(() => void server.close());
    await waitUntil('the socket', () => existsSync(socket));
    const places = [repo.root, repo.origin, home, join(repo.workspaces, 'RQ-0009')];
    const before = places.map(viewOf);
    const objects = repo.git('rev-list', '--objects', '--all');
    const outer = { OUTER: String(process.pid), ROOT: repo.root, HOME: home, SSH_AUTH_SOCK: socket };
    // As from a shell that has a folder open: whoever inherits it stands outside of any sandbox.
    const open = openSync(repo.root, 'r');
    const child = spawn(process.execPath, [builtProgram('ralph-worker'), ...args], {
      cwd: options.cwd,
      env: { ...testEnvironment(), ...options.env, ...outer },
      stdio: ['pipe', 'pipe', 'pipe', ...Array.from({ length: 30 }, () => 'ignore' as const), open],
    });
    const ended = transcriptOf(child as ReturnType<typeof startProgram>);
    child.stdin?.end(taskLines('RQ-0001'));
    const { status, stderr } = await ended;
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const log = logOf(repo);
    expect(log.split('\n').filter((line) => line.startsWith('BREACH'))).toEqual([]);
    expect(log).toContain('DONE');
    expect(places.map(viewOf)).toEqual(before);
    expect(repo.git('rev-list', '--objects', 'main')).toBe(objects);
    repo.git('fsck', '--no-dangling');
    const evil = `${basename(options.env.OUT)}.evil`;
    expect([existsSync(join('/tmp', evil)), existsSync(join(testEnvironment()['TMPDIR'] ?? '', evil))]).toEqual([
      false,
      false,
    ]);
    expect(repo.git('show', 'refs/ralph/attempts/RQ-0001/1:work.txt')).toBe('work');
  });

  it('has its workspace, what was named, and a place for files that go away', async () => {
    const agent = `echo edit >edit.txt; echo kept >"$OUT/kept"; echo x >/tmp/x && echo x >"$TMPDIR/x" && git log --oneline`;
    const { run, repo, out } = await runBoxed(agent);
    expect(run.status).toBe(0);
    expect(readFileSync(join(out, 'kept'), 'utf8')).toBe('kept\n');
    expect(repo.git('show', 'refs/ralph/attempts/RQ-0001/1:edit.txt')).toBe('edit');
    expect(logOf(repo)).toContain('start');
  });

  it('sees a hidden file that was named, and no network where none is wanted', async () => {
    const { repo, options } = boxed('');
    mkdirSync(join(repo.folder, 'home/.aws'), { recursive: true });
    writeFileSync(join(repo.folder, 'home/.aws/credentials'), 'named');
    const env = { ...options.env, HOME: join(repo.folder, 'home') };
    const agent = scriptedCommand(
      repo.folder,
      'agent',
      'cat ~/.aws/credentials; ls /sys/class/net; wc -l </proc/net/dev; touch x',
    );
    const args = ['run', ...SANDBOX, '--sandbox-read', '~/.aws', '--sandbox-net', 'none', '--', agent];
    const end = await runProgram('ralph-worker', args, { cwd: repo.root, env, stdin: taskLines('RQ-0001') });
    expect(end.status).toBe(0);
    // Two lines of headings, and the loopback.
    expect(logOf(repo)).toMatch(/^named[\s\S]*\n3\n$/);
  });

  it('is seen wherever it is, also when it is found on PATH', async () => {
    const { repo, args } = boxed('echo "$0" > edit.txt');
    const [command = ''] = args.slice(-1);
    const env = { PATH: [dirname(command), process.env['PATH']].join(delimiter) };
    const words = [...args.slice(0, -1), basename(command)];
    await runProgram('ralph-worker', words, { cwd: repo.root, env, stdin: taskLines('RQ-0001') });
    expect(repo.git('show', 'refs/ralph/attempts/RQ-0001/1:edit.txt')).toBe(command);
  });

  it('is told of as without one: its status, its signal, and a command that is not there', async () => {
    const ends = await Promise.all(['exit 7', 'kill -SEGV $$', 'exec /no/such'].map((agent) => runBoxed(agent)));
    expect(ends.map(({ run }) => run.events('agent.finished')[0])).toMatchObject([
      { exit_code: 7, signal: null },
      { exit_code: null, signal: 'SIGSEGV' },
      { exit_code: 127, signal: null },
    ]);
  });

  it('has the time to end when it is stopped at its limit, and nothing of it goes on', async () => {
    const polite = `trap 'echo saved >"$OUT/saved"; exit 5' INT; setsid sleep 600 & echo on; while :; do sleep 0.1; done`;
    const { run, out, workspace } = await runBoxed(polite, '--timeout', '1');
    expect(run.events('agent.finished')).toMatchObject([{ reason: 'timeout', exit_code: 5 }]);
    expect(readFileSync(join(out, 'saved'), 'utf8')).toBe('saved\n');
    expect(livingWith(sign(workspace))).toEqual([]);
  });

  it('is ended with all that it started when the run is stopped, however stubborn, and its work is kept', async () => {
    const { repo, out, args, workspace, options } = boxed(STUBBORN);
    const worker = startProgram('ralph-worker', args, options);
    const ended = transcriptOf(worker);
    worker.stdin.write(taskLines('RQ-0001'));
    await waitUntil('all of the agent', () =>
      ['agent.pid', 'child', 'apart'].every((name) => existsSync(join(out, name))),
    );
    worker.kill('SIGTERM');
    const { status, stdout, stderr } = await ended;
    expect(status).toBe(143);
    expect(runOf(status, stdout, stderr).events('agent.finished')).toMatchObject([
      { reason: 'cancelled', signal: 'SIGKILL' },
    ]);
    expect(livingWith(sign(workspace))).toEqual([]);
    expect(repo.git('show', 'refs/ralph/salvage/RQ-0001/1:edit.txt')).toBe('edit');
  });

  it('dies with its worker, also where it has cleared its environment, and its work is kept by reap', async () => {
    const hidden = `${STUBBORN.replace('setsid sh', 'setsid env -i OUT="$OUT" sh')}`;
    const { repo, out, args, workspace, options } = boxed(hidden);
    const worker = startProgram('ralph-worker', args, options);
    worker.stdin.write(taskLines('RQ-0001'));
    await waitUntil('all of the agent', () =>
      ['agent.pid', 'child', 'apart'].every((name) => existsSync(join(out, name))),
    );
    const all = () => [...livingWith(sign(workspace)), ...livingWith(`OUT=${out}`)].filter((pid) => pid !== worker.pid);
    expect(all().length).toBeGreaterThan(3);
    worker.kill('SIGKILL');
    await waitUntil('the end of every process', () => all().length === 0);
    const { status } = await runProgram('ralph-worker', ['reap'], { cwd: repo.root });
    expect(status).toBe(0);
    expect(repo.git('show', 'refs/ralph/salvage/RQ-0001/1:edit.txt')).toBe('edit');
  });

  it('is ended by ralph-worker stop, which is told as such', async () => {
    const { repo, out, args, workspace, options } = boxed('echo on >"$OUT/on"; sleep 600');
    const worker = startProgram('ralph-worker', args, options);
    const ended = transcriptOf(worker);
    worker.stdin.end(taskLines('RQ-0001'));
    await waitUntil('the agent', () => existsSync(join(out, 'on')));
    const stop = await runProgram('ralph-worker', ['stop', 'RQ-0001'], { cwd: repo.root });
    expect(stop.status).toBe(0);
    const { stdout } = await ended;
    expect(runOf(0, stdout, '').events('task.failed')).toMatchObject([
      { code: 'cancelled', reason: 'stopped on request' },
    ]);
    expect(livingWith(sign(workspace))).toEqual([]);
  });
});

// As above.
describe.skipIf(!canSandbox())('a set-up in a sandbox', () => {
  it('writes no more than an agent does, and is no reason to run one outside', async () => {
    const setup = 'touch "$HOME/evil" "$ROOT/evil"; mkdir deps; echo one >deps/one';
    const { run, repo } = await runBoxed('cat deps/one; touch work', '--setup', setup);
    expect(run.status).toBe(0);
    expect([existsSync(join(repo.root, 'evil')), logOf(repo).includes('Read-only file system')]).toEqual([false, true]);
  });

  it('shares its result by copies: what one agent makes writable and writes is not what the next one gets', async () => {
    const agent =
      'cat deps/one; ls -l deps/one | cut -d" " -f2; chmod u+w deps/one; echo poison >deps/one; touch "$RALPH_TASK_ID"';
    const repo = temporaryRepository({ '.gitignore': 'deps/\n', 'deps.lock': '1\n' });
    const command = scriptedCommand(repo.folder, 'agent', agent);
    const keyed = ['--setup', 'mkdir -p deps; echo clean >deps/one', '--setup-key', 'deps.lock', '--warm', '0'];
    const args = ['run', ...SANDBOX, ...keyed, '--', command];
    const { status, stdout } = await runProgram('ralph-worker', args, {
      cwd: repo.root,
      stdin: taskLines('RQ-0001', 'RQ-0002'),
    });
    expect(status).toBe(0);
    expect(runOf(0, stdout, '').events('workspace.ready')).toMatchObject([{ setup: 'ran' }, { setup: 'shared' }]);
    const second = readFileSync(join(repo.root, '.ralph/logs/parallel/RQ-0002.1.log'), 'utf8');
    expect(second).toBe('clean\n1\n');
    const link = await runProgram('ralph-worker', ['preflight', ...SANDBOX, ...keyed, '--setup-share', 'link'], {
      cwd: repo.root,
    });
    expect(link).toMatchObject({ status: 64, stdout: '' });
  });
});

/** Root of a machine where what is mounted shows in all namespaces, as on most desktops; undone with the namespace. */
const SHARED = ['--mount', 'sh', '-c', 'mount --make-rshared / && exec "$@"', 'shared'] as const;

// To mount needs root, and mounts of one's own.
describe.skipIf(!canSandbox() || spawnSync('unshare', [...SHARED, 'true']).status !== 0)(
  'on a machine with shared mounts',
  () => {
    it('an agent cannot write what is mounted while it runs', async () => {
      const agent =
        'echo on >"$OUT/on"; until test -e "$OUT/go"; do sleep 0.1; done; touch "$HOME/late/evil"; echo work >work';
      const { repo, out, args, options } = boxed(agent);
      const home = join(repo.folder, 'home');
      mkdirSync(join(home, 'late'), { recursive: true });
      const late = `"$@" & until test -e ${out}/on; do sleep 0.1; done; mount -t tmpfs none ${home}/late; touch ${out}/go; wait $!; ls ${home}/late`;
      const worker = [process.execPath, builtProgram('ralph-worker'), ...args];
      const child = spawn(
        'unshare',
        [...SHARED, 'sh', '-c', `exec 3<&0; ${late.replace('&', '<&3 &')}`, 'late', ...worker],
        {
          cwd: options.cwd,
          env: { ...testEnvironment(), ...options.env, HOME: home },
        },
      );
      child.stdin.end(taskLines('RQ-0001'));
      const { stdout, stderr } = await transcriptOf(child);
      expect({ isWritten: stdout.includes('evil\n'), stderr }).toEqual({ isWritten: false, stderr: '' });
      expect(repo.git('show', 'refs/ralph/attempts/RQ-0001/1:work')).toBe('work');
    });
  },
);
