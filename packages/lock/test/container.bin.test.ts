import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { hold, launcher, lockFile, status } from './holders.ts';

/** A container as far as process numbers go: a namespace of its own, with a /proc of its own. */
const CONTAINER = ['-rpf', '--mount-proc'] as const;

function needsContainers(context: TestContext): void {
  if (spawnSync('unshare', [...CONTAINER, 'true']).status !== 0)
    context.skip('this machine lets nobody make a namespace');
}

function inContainer(root: string, script: string) {
  return spawn('unshare', [...CONTAINER, 'sh', '-c', script, 'sh', process.execPath, launcher(), lockFile(root)], {
    cwd: root,
  });
}

async function lastLine(child: ReturnType<typeof inContainer>): Promise<unknown> {
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  await once(child, 'close');
  return JSON.parse(text.trim().split('\n').at(-1) ?? '');
}

describe('ralph-lock status in a container, where the kernel hides the locks whose taker has ended', () => {
  it('sees a holder of its own container', async (context) => {
    needsContainers(context);
    const { root } = temporaryRepository();
    const child = inContainer(root, '"$1" "$2" run --prompt inside -- "$1" "$2" status');
    expect(await lastLine(child)).toMatchObject({ locked: true, holder: { prompt: 'inside' } });
  });

  it('sees a holder of its own container that left no record', async (context) => {
    needsContainers(context);
    const { root } = temporaryRepository();
    mkdirSync(join(root, '.ralph'));
    const child = inContainer(root, 'exec 9<>"$3"; flock 9; "$1" "$2" status 9<&-');
    expect(await lastLine(child)).toMatchObject({ locked: true, holder: null, processes: [{ command: 'sh' }] });
  });

  it('says by what it knows that a lock is free, since another container may hold it', async (context) => {
    needsContainers(context);
    const { root } = temporaryRepository();
    const child = inContainer(root, '"$1" "$2" run -- true; "$1" "$2" status');
    expect(await lastLine(child)).toMatchObject({ locked: false, holder: null, evidence: 'record' });
  });

  it('says by what it knows that a lock is held outside, and run is not deceived', async (context) => {
    needsContainers(context);
    const { root } = temporaryRepository();
    await hold(root, '--prompt', 'outside');
    const child = inContainer(
      root,
      '"$1" "$2" run -- true 2>/dev/null; echo "{\\"status\\":$?}" >&2; "$1" "$2" status',
    );
    let refused = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => (refused += part));
    expect(await lastLine(child)).toMatchObject({ locked: true, evidence: 'record', holder: { prompt: 'outside' } });
    expect(refused).toBe('{"status":75}\n');
  });

  it('never ends what a holder in a container has started, though its numbers mean nothing here', async (context) => {
    needsContainers(context);
    const { root } = temporaryRepository();
    const child = inContainer(root, '"$1" "$2" run -- sh -c "echo up; read -r _; echo done"');
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    await waitUntil('the holder', () => said.includes('up'));
    const copy = join(temporaryFolder(), 'copy');
    cpSync(root, copy, { recursive: true });
    expect(await runProgram('ralph-lock', ['run', '--', 'true'], { cwd: copy })).toMatchObject({
      status: 0,
      stderr: '',
    });
    child.stdin.end('go\n');
    await once(child, 'close');
    expect(said).toBe('up\ndone\n');
  });

  it('sees from outside who holds it in a container', async (context) => {
    needsContainers(context);
    const { root } = temporaryRepository();
    const child = inContainer(root, '"$1" "$2" run --prompt inside -- sh -c "echo up; read -r _"');
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    expect(await status(root)).toMatchObject({ locked: true, holder: { prompt: 'inside' } });
    child.stdin.end();
    await once(child, 'close');
  });
});

describe('ralph-lock status on a file system of layers', () => {
  it('sees the lock, though stat(2) numbers the file otherwise than the kernel', (context) => {
    const folder = temporaryFolder();
    for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(join(folder, name));
    const mount =
      'mount -t tmpfs none "$1/upper" && mkdir "$1/upper/u" "$1/upper/w" && ' +
      'mount -t overlay overlay -o "lowerdir=$1/lower,upperdir=$1/upper/u,workdir=$1/upper/w" "$1/merged"';
    const run = (body: string) =>
      spawnSync(
        'unshare',
        ['-rm', 'sh', '-c', `${mount} && cd "$1/merged" && ${body}`, 'sh', folder, process.execPath, launcher()],
        {
          encoding: 'utf8',
        },
      );
    if (run('true').status !== 0) context.skip('this machine lets nobody mount layers');
    const { stdout } = run('"$2" "$3" run --repo . -- "$2" "$3" status --repo .; "$2" "$3" status --repo .');
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([
      { locked: true, holder: { state: 'held' } },
      { locked: false, holder: null },
    ]);
  });
});
