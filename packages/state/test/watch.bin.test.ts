import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { STATE_SCHEMA_VERSION } from '@ralph/protocol/contract/lifecycle';
import { momentAfter } from '@ralph/protocol/testing/chance';
import {
  builtProgram,
  errorRecord,
  records,
  startProgram,
  transcriptOf,
} from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { agentStarted, integrateStarted, stream, taskCompleted, taskFailed } from './support/events.ts';
import { ralphState, STATE, stateOnDisk } from './support/repository.ts';

/** Starts a watch; `line(n)` waits for the n-th line that it prints, counted from 0. */
function startWatch({ root }: TestRepository, ...args: readonly string[]) {
  const child = startProgram('ralph-state', ['watch', ...args], { cwd: root });
  let text = '';
  child.stdout.on('data', (chunk: string) => (text += chunk));
  const ended = transcriptOf(child);
  const lines = () => text.split('\n').slice(0, -1);
  const line = (index: number) => waitUntil(`line ${index} of ${text}`, () => lines()[index]);
  const event = async (index: number) => JSON.parse(await line(index)) as Record<string, unknown>;
  return { child, ended, lines, line, event };
}

function stateOf(...workers: readonly object[]): string {
  return JSON.stringify({ schema_version: STATE_SCHEMA_VERSION, target_branch: 'main', workers, revision: 5 });
}

describe('ralph-state watch', () => {
  it('says first that it stands, and then tells each change', async () => {
    const repository = temporaryRepository();
    const { root } = repository;
    await ralphState(root, ['init']);
    const { child, ended, event } = startWatch(repository);
    expect(await event(0)).toMatchObject({
      v: 1,
      type: 'watch.started',
      path: join(root, STATE),
      revision: 1,
      target_branch: 'main',
      records: 0,
    });
    await ralphState(root, ['apply'], stream(agentStarted()));
    expect(await event(1)).toMatchObject({
      v: 1,
      type: 'record.changed',
      task_id: 'RQ-0001',
      attempt: 1,
      lifecycle: 'running',
      before: null,
      revision: 2,
      record: { task_id: 'RQ-0001', title: 'Task' },
    });
    await ralphState(root, ['apply'], stream(integrateStarted()));
    expect(await event(2)).toMatchObject({ lifecycle: 'integrating', before: 'running', revision: 3 });
    await ralphState(root, ['apply'], stream(taskFailed()));
    expect(await event(3)).toMatchObject({ lifecycle: 'failed', before: 'integrating', revision: 4 });
    await ralphState(root, ['remove', 'RQ-0001']);
    expect(await event(4)).toMatchObject({ type: 'record.removed', task_id: 'RQ-0001', before: 'failed', revision: 5 });
    await ralphState(root, ['init', '--target-branch', 'next']);
    expect(await event(5)).toMatchObject({
      type: 'state.retargeted',
      target_branch: 'next',
      before: 'main',
      revision: 6,
    });
    child.kill('SIGTERM');
    const { status, stdout, stderr } = await ended;
    expect({ status, stderr, lines: records(stdout).length }).toEqual({ status: 143, stderr: '', lines: 6 });
  });

  it('waits for a state that is not there yet, and gets over one that is removed and comes again', async () => {
    const repository = temporaryRepository();
    const { event } = startWatch(repository);
    expect(await event(0)).toMatchObject({ type: 'watch.started', revision: 0, target_branch: '', records: 0 });
    await ralphState(repository.root, ['init']);
    expect(await event(1)).toMatchObject({ type: 'state.retargeted', target_branch: 'main', before: '' });
    await ralphState(repository.root, ['apply'], stream(agentStarted()));
    expect(await event(2)).toMatchObject({ type: 'record.changed', task_id: 'RQ-0001', before: null });
    repository.git('clean', '-fdxq');
    expect(await event(3)).toMatchObject({ type: 'state.retargeted', target_branch: '', revision: 0 });
    expect(await event(4)).toMatchObject({ type: 'record.removed', before: 'running', revision: 0 });
    await ralphState(repository.root, ['apply'], stream(agentStarted({ task: 'RQ-0002' })));
    expect(await event(6)).toMatchObject({ type: 'record.changed', task_id: 'RQ-0002', revision: 1 });
  });

  it('tells with --existing what is there already', async () => {
    const repository = temporaryRepository();
    replaceState(repository, stateOf({ task_id: 'A', lifecycle: 'failed' }, { task_id: 'B' }));
    const { event } = startWatch(repository, '--existing');
    expect(await event(0)).toMatchObject({ type: 'watch.started', records: 2, revision: 5 });
    expect(await event(1)).toMatchObject({ task_id: 'A', lifecycle: 'failed', before: null, revision: 5 });
    expect(await event(2)).toMatchObject({ task_id: 'B', lifecycle: 'running', before: null, revision: 5 });
  });

  it('says nothing when only the form of the file has changed', async () => {
    const repository = temporaryRepository();
    const record = { task_id: 'A', lifecycle: 'failed', push_attempts: 0, started_at: '', workspace_path: '' };
    replaceState(repository, stateOf(record));
    const { event, lines } = startWatch(repository);
    await event(0);
    const turned = Object.fromEntries(Object.entries(record).toReversed());
    repository.write(STATE, `// a word\n${JSON.stringify(JSON.parse(stateOf(turned)), null, 4)}\n`);
    replaceState(repository, stateOf(turned, { task_id: 'B' }));
    expect(await event(1)).toMatchObject({ task_id: 'B' });
    expect(lines()).toHaveLength(2);
  });

  it('ends with 65 where it cannot read the state at the start', async () => {
    const repository = temporaryRepository();
    repository.write(STATE, '{ "schema_version": 3,');
    const { status, stdout, stderr } = await startWatch(repository).ended;
    expect({ status, stdout, code: errorRecord(stderr)['code'] }).toEqual({
      status: 65,
      stdout: '',
      code: 'state_corrupt',
    });
  });

  it('says once that it cannot read it later, and goes on from what it knew', async () => {
    const repository = temporaryRepository();
    replaceState(repository, stateOf({ task_id: 'A' }));
    const { child, ended, event } = startWatch(repository);
    let said = '';
    child.stderr.on('data', (text: string) => (said += text));
    await event(0);
    repository.write(STATE, '{ "workers": [');
    await waitUntil('a word on stderr', () => said !== '');
    repository.write(STATE, '{ "workers": [[');
    replaceState(repository, stateOf({ task_id: 'A' }, { task_id: 'B' }));
    expect(await event(1)).toMatchObject({ task_id: 'B', before: null });
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    expect(status).toBe(130);
    expect(stderr).toMatch(/^ralph-state: .*state\.json:1:\d+: .*watching on from what it said before\n$/);
  });

  it('ends with 74 when the repository goes', async () => {
    const repository = temporaryRepository();
    const { ended, event } = startWatch(repository);
    await event(0);
    renameSync(repository.root, `${repository.root}-moved`);
    const { status, stderr } = await ended;
    expect({ status, ...errorRecord(stderr) }).toMatchObject({ status: 74, code: 'io' });
  });

  it('shows a line to a person', async () => {
    const repository = temporaryRepository();
    await ralphState(repository.root, ['apply'], stream(agentStarted()));
    const { line } = startWatch(repository, '--format', 'table');
    expect(await line(0)).toMatch(/^[\d:]{8} {2}watching .*state\.json: 1 record$/);
    await ralphState(repository.root, ['apply'], stream(integrateStarted()));
    expect(await line(1)).toMatch(/^[\d:]{8} {2}RQ-0001 {4}running -> integrating$/);
  });

  it('is no state of its own: what it prints, applied, changes nothing', async () => {
    const repository = temporaryRepository();
    const { root } = repository;
    await ralphState(root, ['init']);
    const { child, ended, event } = startWatch(repository);
    await event(0);
    await ralphState(root, ['apply'], stream(agentStarted(), taskCompleted()));
    await event(1);
    await ralphState(root, ['remove', 'RQ-0001']);
    await event(2);
    await ralphState(root, ['init', '--target-branch', 'next']);
    await event(3);
    child.kill('SIGTERM');
    const { stdout } = await ended;
    const before = stateOnDisk(root);
    const { status, stdout: told } = await ralphState(root, ['apply'], stdout);
    expect({ status, told: records(told) }).toMatchObject({ status: 0, told: [{ applied: 0 }] });
    expect(stateOnDisk(root)).toEqual(before);
  });
});

describe('a reader of ralph-state watch', () => {
  it('who is slow gets the outcome of what happened meanwhile', { timeout: 60_000 }, async () => {
    const repository = temporaryRepository();
    const size = 200_000;
    replaceState(repository, stateOf());
    const child = startProgram('ralph-state', ['watch'], { cwd: repository.root });
    await once(child.stdout, 'readable');
    // More than pipe and buffers hold, so that the watch has to wait for us.
    const write = (round: number) =>
      replaceState(repository, stateOf({ task_id: 'A', push_attempts: round, last_error: 'x'.repeat(size) }));
    for (let round = 1; round <= 100; round += 1) {
      write(round);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const told = records(await readUntil(child.stdout, '"push_attempts":100')).map(
      ({ record }) => (record as { push_attempts: number } | undefined)?.push_attempts,
    );
    expect(told.at(-1)).toBe(100);
    expect(told.length).toBeLessThan(100);
  });

  it('who goes away ends it without a word, at the next change at the latest', async () => {
    const repository = temporaryRepository();
    const { child, ended, event } = startWatch(repository);
    await event(0);
    child.stdout.destroy();
    replaceState(repository, stateOf({ task_id: 'A' }));
    expect(await ended).toMatchObject({ status: 141, stderr: '' });
  });

  /** Runs a pipe of a shell, with `$WATCH` for the program, and returns what it prints. */
  function runPipe({ root }: TestRepository, script: string) {
    const env = { ...testEnvironment(), NODE: process.execPath, PROGRAM: builtProgram('ralph-state') };
    const child = spawn('sh', ['-c', `watch() { "$NODE" "$PROGRAM" watch; echo "status $?" >&2; }; ${script}`], {
      cwd: root,
      env,
      detached: true,
    });
    onTestFinished(() => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    });
    return { child, ended: transcriptOf(child) };
  }

  it('who goes away ends it also while nothing changes', async ({ skip }) => {
    skip(process.platform !== 'linux', 'only Linux lets us see who reads a pipe');
    const { status, stdout, stderr } = await runPipe(temporaryRepository(), 'watch | head -n 1').ended;
    expect({ status, stderr, lines: records(stdout) }).toMatchObject({
      status: 0,
      stderr: 'status 141\n',
      lines: [{ type: 'watch.started' }],
    });
  });

  it('who hands the pipe on is no reader who has gone', async () => {
    const repository = temporaryRepository();
    const { child, ended } = runPipe(repository, 'watch | { exec 3<&0; read -r line; echo "$line"; cat <&3 & }');
    let text = '';
    child.stdout.on('data', (chunk: string) => (text += chunk));
    await waitUntil('the first line', () => text.includes('watch.started'));
    await momentAfter(3500);
    replaceState(repository, stateOf({ task_id: 'A' }));
    await waitUntil('the second line', () => text.includes('record.changed'));
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    expect((await ended).stdout).toBe(text);
  });
});

/** As a writer of the state file does: who watches must not find half of it. */
function replaceState({ root, write }: TestRepository, text: string): void {
  write(`${STATE}.next`, text);
  renameSync(join(root, `${STATE}.next`), join(root, STATE));
}

/** Reads whole lines until one of them holds a text. */
async function readUntil(stdout: NodeJS.ReadableStream, wanted: string): Promise<string> {
  let text = '';
  for await (const chunk of stdout.setEncoding('utf8')) {
    text += chunk as string;
    if (text.endsWith('\n') && text.includes(wanted)) break;
  }
  return text;
}
