import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { hold, launcher } from './holders.ts';

const CTRL_C = '\u0003';

/** Runs a script of sh on a terminal of its own; what is written to it is typed there. */
function onTerminal(context: TestContext, cwd: string, script: string) {
  if (spawnSync('script', ['-qec', 'true', '/dev/null']).status !== 0) context.skip('script(1) is missing');
  const env = { ...testEnvironment(), NODE: process.execPath, LOCK: launcher(), SHELL: '/bin/sh' };
  const child = spawn('script', ['-qec', script, '/dev/null'], { cwd, env });
  onTestFinished(() => void child.kill('SIGKILL'));
  let seen = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (seen += text));
  const end = once(child, 'close').then(([code]) => ({ status: code as number, seen }));
  return {
    end,
    type: (text: string) => void child.stdin.write(text),
    shows: (text: string) => waitUntil(`${text} on the terminal`, () => seen.includes(text)),
  };
}

describe('ralph-lock on a terminal', () => {
  it('shows for whom it waits and since when, in one line that goes when the wait is over', async (context) => {
    const { root } = temporaryRepository();
    const holder = await hold(root, '--prompt', 'the night');
    const terminal = onTerminal(context, root, '"$NODE" "$LOCK" run --wait -- echo mine');
    await terminal.shows(`waiting 0 s for pid ${holder.pid} since 20`);
    await terminal.shows('(the');
    await terminal.shows('waiting 1 s');
    holder.stdin.end();
    const { status, seen } = await terminal.end;
    expect([status, seen.match(/\n/g)?.length]).toEqual([0, 1]);
    expect(seen.endsWith('\r\u001B[Kmine\r\n')).toBe(true);
  });

  it('ends its wait on Ctrl-C', async (context) => {
    const { root } = temporaryRepository();
    await hold(root);
    const terminal = onTerminal(context, root, 'exec "$NODE" "$LOCK" run --wait -- echo mine');
    await terminal.shows('waiting 0 s');
    terminal.type(CTRL_C);
    const { status, seen } = await terminal.end;
    expect([status, seen.includes('mine')]).toEqual([130, false]);
  });

  it('leaves Ctrl-C to a command that takes it for something else, and ends with its status', async (context) => {
    const { root } = temporaryRepository();
    const body = `trap "echo caught" INT; echo up; while read -r line; do [ "$line" = quit ] && exit 0; done; exit 9`;
    const terminal = onTerminal(context, root, `exec "$NODE" "$LOCK" run -- bash -c '${body}'`);
    await terminal.shows('up');
    terminal.type(CTRL_C);
    await terminal.shows('caught\r\n');
    terminal.type(CTRL_C);
    await terminal.shows('caught\r\n^Ccaught\r\n');
    terminal.type('quit\n');
    expect(await terminal.end).toMatchObject({ status: 0 });
  });

  it('dies of Ctrl-C as its command did, so that a loop of a shell ends as well', async (context) => {
    const { root } = temporaryRepository();
    // One process that has begun for good when it speaks: a shell would start another one after that.
    const command = '"$NODE" -e "console.log(\\"turn $i\\"); process.stdin.resume()"';
    const loop = `for i in 1 2 3; do "$NODE" "$LOCK" run -- ${command}; done; echo after`;
    const terminal = onTerminal(context, root, `bash -c '${loop.replaceAll("'", "'\\''")}'`);
    await terminal.shows('turn 1');
    terminal.type(CTRL_C);
    const { seen } = await terminal.end;
    expect([seen.includes('turn 2'), seen.includes('after')]).toEqual([false, false]);
  });

  it('dies of Ctrl-C during its wait, so that a loop of a shell ends as well', async (context) => {
    const { root } = temporaryRepository();
    await hold(root);
    const loop = 'for i in 1 2 3; do "$NODE" "$LOCK" run --wait -- echo turn; done; echo after';
    const terminal = onTerminal(context, root, `bash -c '${loop}'`);
    await terminal.shows('waiting 0 s');
    terminal.type(CTRL_C);
    expect((await terminal.end).seen).not.toContain('after');
  });

  it('leaves the modes of the terminal as its command has set them', async (context) => {
    const { root } = temporaryRepository();
    const script = `"$NODE" "$LOCK" run -- stty -echo; stty -a | grep -o -- '-echo ' | head -n 1`;
    const { end } = onTerminal(context, root, script);
    expect((await end).seen).toBe('-echo \r\n');
  });

  it('does not write over what is typed while it waits in the background', async (context) => {
    const { root } = temporaryRepository();
    const holder = await hold(root);
    const script = `set -m; "$NODE" "$LOCK" run --wait -- echo mine & read -r line; echo "read $line"; wait`;
    const terminal = onTerminal(context, root, `bash -c '${script}'`);
    await terminal.shows('waiting for pid');
    terminal.type('typed\n');
    await terminal.shows('read typed');
    holder.stdin.end();
    expect((await terminal.end).seen).not.toContain('\u001B[K');
  });

  it('prints the state of the lock in words', async (context) => {
    const { root } = temporaryRepository();
    const { end } = onTerminal(context, root, '"$NODE" "$LOCK" status');
    expect((await end).seen).toBe('free\r\n');
  });
});
