import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, records, runProgram, startProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { cursorOf, writeLog } from './support/event-log.ts';
import { isSigned, notifyEnvironment, Receiver, switchingReceiver } from './support/receiver.ts';

const RUN = { type: 'run.started', run_id: 'run-1', target_branch: 'main', workers: 1 };
const failedTask = (id: string) => ({
  type: 'task.failed',
  task_id: id,
  attempt: 1,
  reason: 'no',
  code: 'agent_failed',
});
const DAYS_AGO = new Date(Date.now() - 4 * 24 * 3600 * 1000).toISOString();

async function notify(cwd: string, env: Record<string, string>, ...words: readonly string[]) {
  const { status, stdout, stderr } = await runProgram('ralph-orchestrate', ['notify', ...words], { cwd, env });
  return { status, rows: records(stdout), stderr };
}

async function webhook(...events: readonly object[]) {
  const repository = temporaryRepository();
  const receiver = await Receiver.open();
  writeLog(repository.root, [RUN, ...events], ['team']);
  const env = notifyEnvironment({ id: 'team', webhook: receiver.url, secret_env: 'HOOK_SECRET' });
  return { repository, receiver, env, root: repository.root };
}

const idsOf = (receiver: Receiver) => receiver.events.map((event) => event['task_id']);

describe('ralph-orchestrate notify send', () => {
  it('tells in order what waits, once, and names the run that it was in', async () => {
    const { receiver, env, root } = await webhook(failedTask('A'), { type: 'task.completed' }, failedTask('B'));
    expect((await notify(root, env, 'list')).rows).toMatchObject([{ target: 'team', waiting: 2, sent: 0 }]);
    const { status, rows, stderr } = await notify(root, env, 'send');
    expect({ status, rows, stderr }).toEqual({
      status: 0,
      rows: [{ target: 'team', sent: 2, given_up: 0, waiting: 0, error: null }],
      stderr: '',
    });
    expect(idsOf(receiver)).toEqual(['A', 'B']);
    expect(receiver.received.every(isSigned)).toBe(true);
    expect(JSON.parse(receiver.received[1]?.body ?? '')).toMatchObject({ type: 'task.failed', run_id: 'run-1' });
    expect((await notify(root, env, 'send')).rows).toMatchObject([{ sent: 0, waiting: 0 }]);
    expect(receiver.received).toHaveLength(2);
    expect((await notify(root, env, 'list')).rows).toMatchObject([{ waiting: 0, sent: 2, error: null }]);
  });

  it('does not say that nothing waits where nobody knows what was told', async () => {
    const { env, root } = await webhook(failedTask('A'));
    writeFileSync(cursorOf(root, 'team'), '{');
    const error = 'what it was told up to now cannot be read';
    const sent = await notify(root, env, 'send');
    expect(sent).toMatchObject({ status: 1, rows: [{ target: 'team', sent: 0, error }] });
    expect(sent.stderr).toContain('cannot be read: what was not sent before now will not be');
    expect(await notify(root, env, 'list')).toMatchObject({ status: 0, rows: [{ target: 'team', error }] });
    const doctor = await runProgram('ralph-orchestrate', ['doctor', '--format', 'json'], { cwd: root, env });
    expect(doctor.stdout).toContain(`team: ${error}`);
  });

  it.each([500, 408, 425, 429, 503])(
    'keeps what is answered with %i, and all behind it, in their order',
    async (status) => {
      const { receiver, env, root } = await webhook(failedTask('A'), failedTask('B'), failedTask('C'));
      receiver.answer = () => (idsOf(receiver).at(-1) === 'B' ? status : 204);
      const kept = await notify(root, env, 'send');
      expect(kept).toMatchObject({ status: 1, rows: [{ sent: 1, given_up: 0, waiting: 2 }] });
      expect(kept.rows[0]?.['error']).toContain(String(status));
      receiver.answer = () => 204;
      expect(await notify(root, env, 'send')).toMatchObject({
        status: 0,
        rows: [{ sent: 2, waiting: 0, error: null }],
      });
      expect(idsOf(receiver)).toEqual(['A', 'B', 'B', 'C']);
      const [, first, second] = receiver.received.map(({ headers }) => headers['webhook-id']);
      expect(first).toBe(second);
      expect(receiver.received.every(isSigned)).toBe(true);
    },
  );

  it('gives up what is refused, says so, counts it, and goes on behind it', async () => {
    const { receiver, env, root } = await webhook(failedTask('A'), failedTask('B'));
    receiver.answer = () =>
      idsOf(receiver).at(-1) === 'A' ? { status: 422, headers: {}, body: 'no such channel\nx' } : 204;
    const { status, rows, stderr } = await notify(root, env, 'send');
    expect({ status, rows }).toMatchObject({ status: 1, rows: [{ sent: 1, given_up: 1, waiting: 0 }] });
    expect(stderr).toMatch(/team: task\.failed \(msg_\w+\) was given up: 422 Unprocessable Entity: no such channel\n/);
    expect((await notify(root, env, 'list')).rows).toMatchObject([{ sent: 1, given_up: 1, waiting: 0 }]);
  });

  it('gives up what is answered by a change of the protocol, and goes on', async () => {
    const { root } = temporaryRepository();
    writeLog(root, [RUN, failedTask('A'), failedTask('B')], ['team']);
    const env = notifyEnvironment({ id: 'team', webhook: await switchingReceiver() });
    expect(await notify(root, env, 'send')).toMatchObject({ status: 1, rows: [{ given_up: 2, waiting: 0 }] });
    expect(await notify(root, env, 'test')).toMatchObject({ status: 1, rows: [{ status: 101 }] });
  });

  it('gives up what a command has failed at three times, whoever called it, and goes on', async () => {
    const { root, folder } = temporaryRepository();
    writeLog(root, [RUN, failedTask('A'), failedTask('B')], ['cmd']);
    const hook = scriptedCommand(folder, 'hook', '[ "$RALPH_TASK_ID" = B ]');
    const env = notifyEnvironment({ id: 'cmd', command: [hook] });
    for (const tries of [1, 2]) {
      expect(await notify(root, env, 'send')).toMatchObject({ rows: [{ sent: 0, given_up: 0, waiting: 2 }] });
      expect(JSON.parse(readFileSync(cursorOf(root, 'cmd'), 'utf8'))).toMatchObject({ tries });
    }
    expect(await notify(root, env, 'send')).toMatchObject({ rows: [{ sent: 1, given_up: 1, waiting: 0 }] });
  });

  it.each([
    ['of four days ago', DAYS_AGO],
    ['that says no time', 'soon'],
  ])('keeps nothing behind an event %s that fails', async (_, at) => {
    const { receiver, env, root } = await webhook({ ...failedTask('A'), at }, failedTask('B'));
    receiver.answer = () => (idsOf(receiver).at(-1) === 'A' ? 500 : 204);
    expect(await notify(root, env, 'send')).toMatchObject({ rows: [{ sent: 1, given_up: 1, waiting: 0 }] });
  });

  it('tries an old event once more, and gives it up when that fails', async () => {
    const { receiver, env, root } = await webhook(
      { ...failedTask('A'), at: DAYS_AGO },
      { ...failedTask('B'), at: DAYS_AGO },
      failedTask('C'),
    );
    receiver.answer = () => (idsOf(receiver).at(-1) === 'A' ? 204 : 500);
    expect(await notify(root, env, 'send')).toMatchObject({ rows: [{ sent: 1, given_up: 1, waiting: 1 }] });
    expect(idsOf(receiver)).toEqual(['A', 'B', 'C']);
  });

  it('calls no webhook whose secret is missing: what waits for it waits', async () => {
    const { receiver, env, root } = await webhook(failedTask('A'));
    const without = await notify(root, { RALPH_NOTIFY: env['RALPH_NOTIFY'] ?? '' }, 'send');
    expect(without).toMatchObject({ status: 1, rows: [{ sent: 0, waiting: 1 }] });
    expect(without.stderr).toContain('not set in the environment: HOOK_SECRET');
    expect(receiver.received).toEqual([]);
  });

  it('passes over what is no event, and finds the one that stands behind half a line', async () => {
    const { receiver, env, root } = await webhook(failedTask('A'));
    const log = join(root, '.ralph/logs/parallel/events.ndjson');
    const next = JSON.stringify({ v: 1, at: new Date().toISOString(), ...failedTask('B') });
    appendFileSync(log, `{"v":1,"type":"ta${next}\n\u0000\u0000\n[1]\n{"v":1,"type":"task.failed","at`);
    expect(await notify(root, env, 'send')).toMatchObject({ status: 0, rows: [{ sent: 2, waiting: 0 }] });
    expect(idsOf(receiver)).toEqual(['A', 'B']);
  });

  it('says from when to when events are missing whose log is gone', async () => {
    const { receiver, env, root } = await webhook(failedTask('A'));
    const cursor = { v: 1, ino: '1', head: 'gone', offset: 99, at: '2026-01-01T00:00:00.000Z', run_id: 'run-0' };
    writeFileSync(cursorOf(root, 'team'), JSON.stringify(cursor));
    const { status, stderr } = await notify(root, env, 'send');
    expect(status).toBe(0);
    expect(stderr).toMatch(/what happened from 2026-01-01T00:00:00\.000Z to \S+ is not sent/);
    expect(idsOf(receiver)).toEqual(['A']);
  });

  it('names no run behind a gap, until an event does', async () => {
    const { root } = temporaryRepository();
    const receiver = await Receiver.open();
    writeLog(root, [failedTask('A'), RUN, failedTask('B')], ['team']);
    writeFileSync(cursorOf(root, 'team'), JSON.stringify({ v: 1, ino: '1', head: 'x', offset: 9, run_id: 'run-0' }));
    await notify(root, notifyEnvironment({ id: 'team', webhook: receiver.url }), 'send');
    const runs = receiver.received.map(({ body }) => (JSON.parse(body) as { run_id: unknown }).run_id);
    expect(runs).toEqual([null, 'run-1']);
  });

  it('shows what it can after an event of a form that it does not know', async () => {
    const { root, folder } = temporaryRepository();
    writeLog(root, [{ type: 'run.finished', counts: null, exit_code: {} }, failedTask('A')], ['me']);
    for (const name of ['notify-send', 'osascript']) scriptedCommand(folder, name, 'exit 0');
    const env = { ...notifyEnvironment({ id: 'me', desktop: true }), ...testEnvironment(join(folder, 'bin')) };
    expect(await notify(root, env, 'send')).toMatchObject({ rows: [{ sent: 1, given_up: 1, waiting: 0 }] });
  });

  it('says that a cursor cannot be read, and does not begin at the beginning of everything', async () => {
    const { receiver, env, root } = await webhook(failedTask('A'));
    writeFileSync(cursorOf(root, 'team'), 'x');
    const { stderr } = await notify(root, env, 'send');
    expect(stderr).toContain('cannot be read');
    expect(receiver.received).toEqual([]);
  });

  it('refuses while a run tells the targets', async () => {
    const { receiver, env, root } = await webhook(failedTask('A'));
    const holder = startProgram('ralph-lock', ['hold', '--name', 'notify'], { cwd: root });
    let told = '';
    holder.stdout.on('data', (text: Buffer) => (told += text.toString()));
    await waitUntil('the lock is held', () => told.includes('lock.acquired'));
    const { status, stderr } = await notify(root, env, 'send');
    expect([status, errorRecord(stderr)['code'], receiver.received.length]).toEqual([75, 'lock_held', 0]);
  });

  it('has a command for each event, in order, and tells it on stdin and in its environment', async () => {
    const { root, folder } = temporaryRepository();
    writeLog(root, [RUN, failedTask('A'), { type: 'run.paused', run_id: 'run-1' }, failedTask('B')], ['cmd']);
    const words = '"$RALPH_EVENT_TYPE $RALPH_TASK_ID $RALPH_ATTEMPT $RALPH_RUN_ID"';
    const hook = scriptedCommand(folder, 'hook', `echo ${words} >> "${folder}/told"; cat >> "${folder}/lines"`);
    const env = { ...notifyEnvironment({ id: 'cmd', command: [hook] }), RALPH_TASK_ID: 'OUTER' };
    expect(await notify(root, env, 'send')).toMatchObject({ status: 0, rows: [{ sent: 3 }] });
    expect(readFileSync(join(folder, 'told'), 'utf8')).toBe(
      'task.failed A 1 run-1\nrun.paused   run-1\ntask.failed B 1 run-1\n',
    );
    const logged = readFileSync(join(root, '.ralph/logs/parallel/events.ndjson'), 'utf8');
    expect(readFileSync(join(folder, 'lines'), 'utf8')).toBe(logged.split('\n').slice(1).join('\n'));
  });

  it('shows words of others in a notification as they are, and nothing that is old', async () => {
    const { root, folder } = temporaryRepository();
    const title = '--help "$(touch x)" `x` <b>bold</b> & \\n \u001b[31mred';
    const event = { ...failedTask('RQ-1'), reason: "-i it's", title };
    writeLog(root, [{ ...event, at: DAYS_AGO }, event], ['me']);
    for (const name of ['notify-send', 'osascript'])
      scriptedCommand(folder, name, `printf '%s\\0' "$@" >> "${folder}/words"`);
    const env = { ...notifyEnvironment({ id: 'me', desktop: true }), ...testEnvironment(join(folder, 'bin')) };
    expect(await notify(root, env, 'send')).toMatchObject({ status: 0, rows: [{ sent: 1, waiting: 0 }] });
    const words = readFileSync(join(folder, 'words'), 'utf8').split('\0').slice(0, -1);
    const markup = '--help "$(touch x)" `x` &lt;b&gt;bold&lt;/b&gt; &amp; \\\\n  [31mred';
    const plain = '--help "$(touch x)" `x` <b>bold</b> & \\n  [31mred';
    const isLinux = process.platform === 'linux';
    expect(words.slice(isLinux ? 0 : -2)).toEqual([
      ...(isLinux ? ['--app-name=ralph', '--'] : []),
      'ralph: repo',
      `RQ-1 failed: -i it's\n${isLinux ? markup : plain}`,
    ]);
  });
});
