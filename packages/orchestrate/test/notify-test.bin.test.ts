import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { trustText } from '../src/settings/trust.ts';
import { processesOf } from './support/leftovers.ts';
import { deadPort, isSigned, notifyEnvironment, Receiver } from './support/receiver.ts';

const test = (cwd: string, env: Record<string, string>, ...args: readonly string[]) =>
  runProgram('ralph-orchestrate', ['notify', 'test', ...args], { cwd, env });

describe('ralph-orchestrate notify test', () => {
  it('tells all targets of a test, signed, with the headers that were asked for, and says that they took it', async () => {
    const { root, folder } = temporaryRepository();
    const receiver = await Receiver.open();
    const hook = scriptedCommand(folder, 'hook', `cat > "${folder}/in"; env > "${folder}/env"; pwd > "${folder}/pwd"`);
    const headers = { authorization: 'Bearer ${HOOK_TOKEN}' };
    const env = notifyEnvironment(
      { id: 'team', webhook: receiver.url, secret_env: 'HOOK_SECRET', headers },
      { id: 'mine', command: [hook] },
    );
    const { status, stdout, stderr } = await test(root, { ...env, HOOK_TOKEN: 'abc' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(records(stdout)).toMatchObject([
      { target: 'team', kind: 'webhook', ok: true, status: 204, duration_ms: expect.any(Number) },
      { target: 'mine', kind: 'command', ok: true, status: 0 },
    ]);
    const [request] = receiver.received;
    expect(request && isSigned(request)).toBe(true);
    expect(request).toMatchObject({ method: 'POST', url: '/hook' });
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer abc',
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^ralph-orchestrate\//),
    });
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ type: 'notify.test', run_id: null, repository: 'repo' });
    const line = readFileSync(join(folder, 'in'), 'utf8');
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toEqual(receiver.events[0]);
    const told = readFileSync(join(folder, 'env'), 'utf8');
    expect(told).toContain('RALPH_EVENT_TYPE=notify.test\n');
    expect(told).not.toContain('RALPH_NOTIFY');
    expect(readFileSync(join(folder, 'pwd'), 'utf8')).toBe(`${root}\n`);
  });

  it('says for each target why it did not take it, and ends with 1', async () => {
    const { root, folder } = temporaryRepository();
    const receiver = await Receiver.open();
    receiver.answer = ({ url }) => {
      if (url === '/gone') return 404;
      if (url === '/slow') return 'hang';
      return { status: 302, headers: { location: '/elsewhere' } };
    };
    const at = (path: string) => receiver.url.replace('/hook', path);
    const noisy = scriptedCommand(folder, 'noisy', 'echo it is broken >&2; exit 3');
    const env = notifyEnvironment(
      { id: 'gone', webhook: at('/gone') },
      { id: 'slow', webhook: at('/slow'), timeout: 0.3 },
      { id: 'moved', webhook: at('/moved') },
      { id: 'tls', webhook: receiver.url.replace('http:', 'https:') },
      { id: 'dead', webhook: `http://127.0.0.1:${await deadPort()}` },
      { id: 'secretless', webhook: receiver.url, secret_env: 'NOT_SET' },
      { id: 'noisy', command: [noisy] },
      { id: 'missing', command: ['no-such-command'] },
      { id: 'desk', desktop: true },
    );
    const { status, stdout } = await test(root, { ...env, PATH: `${folder}/bin:/usr/bin:/bin` });
    expect(status).toBe(1);
    const rows = Object.fromEntries(records(stdout).map((row) => [row['target'], row]));
    const failed = (words: string, code?: number) => ({
      ok: false,
      words: expect.stringContaining(words),
      ...(code === undefined ? {} : { status: code }),
    });
    expect(rows).toMatchObject({
      gone: failed('404', 404),
      slow: failed('no answer within 0.3 s'),
      moved: failed('redirects are not followed', 302),
      tls: failed(''),
      dead: failed('ECONNREFUSED'),
      secretless: failed('NOT_SET'),
      noisy: failed('it is broken', 3),
      missing: failed('', 127),
      desk: failed('command not found'),
    });
    expect(receiver.received.map(({ url = '' }) => url).toSorted()).toEqual(['/gone', '/moved', '/slow']);
  });

  it('tells one target that is named, and knows no other', async () => {
    const { root } = temporaryRepository();
    const [one, other] = [await Receiver.open(), await Receiver.open()];
    const env = notifyEnvironment({ id: 'one', webhook: one.url }, { id: 'other', webhook: other.url });
    expect(await test(root, env, 'other')).toMatchObject({ status: 0 });
    expect([one.received.length, other.received.length]).toEqual([0, 1]);
    const { status, stderr } = await test(root, env, 'othr');
    expect([status, errorRecord(stderr)]).toMatchObject([6, { code: 'target_not_found', hint: 'did you mean other?' }]);
  });

  it('without a target says where to name one', async () => {
    const { root } = temporaryRepository();
    const { status, stdout, stderr } = await test(root, {});
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toContain('"notify"');
  });

  it('sends nothing and runs nothing for a repository that is not trusted', async () => {
    const repository = temporaryRepository();
    const receiver = await Receiver.open();
    const targets = [
      { id: 'web', webhook: receiver.url },
      { id: 'cmd', command: ['touch', 'ran'] },
    ];
    repository.write('.ralph/config.jsonc', JSON.stringify({ notify: targets }));
    const refused = await test(repository.root, {});
    expect([refused.status, errorRecord(refused.stderr)['code']]).toEqual([78, 'config_untrusted']);
    expect(errorRecord(refused.stderr)['hint']).toMatch(/^give them by RALPH_NOTIFY or in your own configuration, or/);
    const list = await runProgram('ralph-orchestrate', ['notify', 'list'], { cwd: repository.root });
    expect(list).toMatchObject({ status: 0, stderr: expect.stringContaining('these targets do not count') });
    expect([receiver.received.length, existsSync(join(repository.root, 'ran'))]).toEqual([0, false]);
    repository.write('.ralph/trust.jsonc', trustText());
    expect(await test(repository.root, {})).toMatchObject({ status: 0 });
    expect([receiver.received.length, existsSync(join(repository.root, 'ran'))]).toEqual([1, true]);
  });

  it('names the line of a target that is wrong, and the key that was meant', async () => {
    const repository = temporaryRepository();
    repository.write('.ralph/config.jsonc', '{"notify":[\n{"id":"a","webhok":"https://x.example"}]}');
    const { status, stderr } = await test(repository.root, {});
    expect(status).toBe(78);
    expect(stderr).toMatch(/config\.jsonc:2: notify\.0\.webhok: there is no such key\n  next: did you mean webhook\?/);
  });

  it('shows nothing of an address but its host', async () => {
    const { root } = temporaryRepository();
    const receiver = await Receiver.open();
    const { stdout } = await test(
      root,
      notifyEnvironment({ id: 'a', webhook: `${receiver.url}/T0P5ECRET?k=T0P5ECRET` }),
    );
    expect(receiver.received[0]?.url).toBe('/hook/T0P5ECRET?k=T0P5ECRET');
    expect(stdout).not.toContain('T0P5ECRET');
  });

  it('tells nothing of what it called by, also where the answer repeats it', async () => {
    const { root, folder } = temporaryRepository();
    const receiver = await Receiver.open();
    receiver.answer = ({ url = '', headers }) => {
      const body = `Cannot POST ${url} with ${headers.authorization ?? ''} ${headers['x-key']?.toString() ?? ''}`;
      return { status: 404, headers: {}, body };
    };
    const hook = scriptedCommand(folder, 'hook', 'echo "$@ $HOOK_TOKEN"; exit 3');
    const headers = { authorization: 'Bearer ${HOOK_TOKEN}', 'x-key': 'KEY-P5ECRET' };
    const targets = notifyEnvironment(
      { id: 'web', webhook: `${receiver.url}/\${HOOK_PATH}/T0P5ECRET?k=Q-P5ECRET`, headers },
      { id: 'cmd', command: [hook, `${receiver.url}/CMD-P5ECRET`] },
    );
    const env = { ...targets, HOOK_PATH: 'PATH-P5ECRET', HOOK_TOKEN: 'TOK-P5ECRET' };
    const { stdout, stderr } = await test(root, env);
    expect(records(stdout)).toMatchObject([{ status: 404 }, { status: 3 }]);
    expect(stdout + stderr).toContain('404 Not Found: Cannot POST [redacted] with [redacted] [redacted]');
    const config = await runProgram('ralph-orchestrate', ['config', 'notify'], { cwd: root, env });
    const list = await runProgram('ralph-orchestrate', ['notify', 'list'], { cwd: root, env });
    for (const shown of [stdout + stderr, config.stdout, list.stdout]) expect(shown).not.toContain('P5ECRET');
    expect(config.stdout).toContain('127.0.0.1');
    expect(config.stdout).toContain('x-key');
  });

  it('ends a command at its time limit, with everything that it has started', async () => {
    const { root, folder } = temporaryRepository();
    const body = `(trap '' INT; while :; do sleep 0.1; done) & setsid sh -c 'while :; do sleep 0.1; done' & wait`;
    const hook = scriptedCommand(folder, 'hook', body);
    const { status, stdout } = await test(root, notifyEnvironment({ id: 'a', command: [hook], timeout: '0.3s' }));
    expect([status, records(stdout)[0]]).toMatchObject([1, { words: 'ended after its time limit of 0.3 s' }]);
    expect(processesOf(folder)).toEqual([]);
  });

  it('shows a notification of the desktop', async () => {
    const { root, folder } = temporaryRepository();
    const script = `printf '%s\\0' "$@" > "${folder}/words"`;
    for (const name of ['notify-send', 'osascript']) scriptedCommand(folder, name, script);
    const env = { ...notifyEnvironment({ id: 'me', desktop: true }), ...testEnvironment(join(folder, 'bin')) };
    expect(await test(root, env)).toMatchObject({ status: 0 });
    const words = readFileSync(join(folder, 'words'), 'utf8').split('\0').slice(0, -1);
    expect(words.slice(-2)).toEqual(['ralph: repo', 'notify.test\nA test: notifications arrive here']);
  });
});
