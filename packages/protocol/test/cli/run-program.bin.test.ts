import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EXIT_STATUS } from '../../src/contract/exit-status.ts';
import { errorRecord, records, transcriptOf, type Transcript } from '../../src/testing/run-built-program.ts';
import { testEnvironment } from '../../src/testing/test-environment.ts';
import { waitUntil } from '../../src/testing/wait-until.ts';
import { bundledScript } from '../bundled-script.ts';

function start(...args: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [bundledScript('cli/script-program'), ...args], { env: testEnvironment() });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function run(...args: readonly string[]): Promise<Transcript> {
  const child = start(...args);
  child.stdin.end();
  return transcriptOf(child);
}

describe('runProgram', () => {
  it.each([
    ['ndjson', '{"id":"A"}\n{"id":"B"}\n'],
    ['json', '[\n  {\n    "id": "A"\n  },\n  {\n    "id": "B"\n  }\n]\n'],
    ['table', 'ID\nA\nB\n'],
  ])('prints records as %s and ends with the status of the result', async (format, stdout) => {
    expect(await run('records', '--format', format)).toEqual({ status: 2, stdout, stderr: '' });
  });

  it('passes a status of its own on', async () => {
    expect(await run('status')).toEqual({ status: 42, stdout: '', stderr: '' });
  });

  it('reports a failure in words and, as the last line, as a record', async () => {
    const { status, stdout, stderr } = await run('failure');
    expect({ status, stdout }).toEqual({ status: 75, stdout: '' });
    expect(stderr.split('\n').slice(0, 2)).toEqual(['ralph-script: held by 7', '  next: wait for it']);
    expect(errorRecord(stderr)).toEqual({
      code: 'lock_held',
      message: 'held by 7',
      hint: 'wait for it',
      exit: 75,
      retryable: true,
    });
  });

  it('reports a bug as one, with its stack', async () => {
    const { status, stderr } = await run('bug');
    expect(status).toBe(70);
    expect(stderr).toMatch(/^TypeError: oops\n\s+at /);
    expect(errorRecord(stderr)).toMatchObject({ code: 'internal', message: 'oops', exit: 70 });
  });

  it('reports what the operating system refused by its own code', async () => {
    const { status, stderr } = await run('io');
    expect([status, errorRecord(stderr)['code']]).toEqual([74, 'disk_full']);
  });

  it('ends after a signal though its reader has stopped reading', async () => {
    const child = start('stuck');
    child.stdout.pause();
    let told = '';
    child.stderr.on('data', (text: Buffer) => (told += String(text)));
    await waitUntil('a full pipe', () => told.includes('stuck'));
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(child.signalCode).toBe('SIGTERM');
    expect(told).toContain('undone');
  });

  it('ends with 70 when the end was never reached', async () => {
    expect(await run('never')).toMatchObject({ status: 70, stdout: '' });
  });

  it('says a usage error in one line, names the nearest word and prints no help', async () => {
    const { status, stderr, stdout } = await run('records', '--fromat', 'json');
    expect({ status, stdout }).toEqual({ status: 64, stdout: '' });
    expect(stderr.split('\n')[0]).toBe(
      'ralph-script: unknown option --fromat; did you mean --format?; try ralph-script records --help',
    );
  });

  it('loses nothing of a large output to a slow reader', async () => {
    const child = start('flood');
    child.stdout.pause();
    await waitUntil('a full pipe', () => child.stdout.readableLength > 0);
    const transcript = transcriptOf(child);
    child.stdout.resume();
    const { status, stdout } = await transcript;
    expect(status).toBe(0);
    expect(records(stdout).map((row) => row['number'])).toEqual(Array.from({ length: 50_000 }, (_, index) => index));
  });

  it('ends quietly with 141 when the reader of stdout has gone', async () => {
    const child = start('closed');
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await transcriptOf(child)).toMatchObject({ status: 141, stderr: 'stopped by stdout_closed\n' });
  });

  it('prints the table of exit statuses in the asked form', async () => {
    const { stdout } = await run('exit-codes');
    expect(records(stdout).map((row) => row['status'])).toEqual([
      ...Object.values(EXIT_STATUS).map((row) => row.code),
      '128+n',
    ]);
    expect(JSON.parse((await run('exit-codes', '--format', 'json')).stdout)).toEqual(records(stdout));
    expect((await run('exit-codes', '--format=table')).stdout).toMatch(/^STATUS\s+NAME\s+MEANING\s+AGAIN\?\n0 +ok /);
  });

  it('prints the help as text, and as one document when it is asked for json', async () => {
    expect(await run('--help')).toMatchObject({ status: 0, stderr: '' });
    expect((await run('help')).stdout).toBe((await run('--help')).stdout);
    expect((await run('wait', '--help')).stdout).toBe((await run('help', 'wait')).stdout);
    expect(JSON.parse((await run('help', '--format', 'json')).stdout)).toMatchObject({ name: 'ralph-script' });
  });
});

describe('runProgram, told to stop', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('cleans up in reverse order on %s and ends with %d', async (signal, status) => {
    const child = start('wait');
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await transcriptOf(child)).toMatchObject({ status, stderr: 'undone: second\nundone: first\n' });
  });

  it('dies at once of a second signal, after its force hooks', async () => {
    const child = start('deaf');
    await once(child.stdout, 'data');
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.kill('SIGTERM');
    await waitUntil('the orderly stop', () => stderr.includes('stopping'));
    child.kill('SIGTERM');
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    expect({ code, signal, stderr }).toEqual({ code: null, signal: 'SIGTERM', stderr: 'stopping\nforced\n' });
  });

  it.each(['SIGHUP', 'SIGTERM'] as const)(
    'ends in order when a terminal that is gone tells it after %s',
    async (first) => {
      const child = start('patient');
      await once(child.stdout, 'data');
      const transcript = transcriptOf(child);
      let said = '';
      child.stderr.on('data', (text: Buffer) => (said += String(text)));
      for (const name of [first, 'SIGHUP'] as const) {
        said = '';
        child.kill(name);
        await waitUntil(name, () => said.includes(`heard ${name}`));
      }
      child.stdin.end();
      const status = { SIGHUP: 129, SIGTERM: 143 }[first];
      expect(await transcript).toMatchObject({ status, stderr: `heard ${first}\nheard SIGHUP\nundone\n` });
    },
  );

  it('takes a signal after stdout has failed for the first one', async ({ skip }) => {
    skip(!existsSync('/dev/full'), 'there is no /dev/full here');
    const words = [
      '-c',
      'exec "$@" > /dev/full',
      'sh',
      process.execPath,
      bundledScript('cli/script-program'),
      'patient',
    ];
    const child = spawn('sh', words, { env: testEnvironment() });
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    await waitUntil('the failure', () => said.includes('cannot write stdout: ENOSPC'));
    child.kill('SIGTERM');
    await waitUntil('the signal', () => said.includes('heard SIGTERM'));
    child.stdin.end();
    const [status] = (await once(child, 'close')) as [number | null];
    expect(status).toBe(74);
    expect(said).not.toContain('forced');
    expect(said).toContain('undone');
  });

  it('takes the end of stdin for the death of its parent only on a leash and without an end line', async () => {
    const outcome = async (args: readonly string[], stdin: string) => {
      const child = start('leash', ...args);
      child.stdin.end(stdin);
      const { status, stdout } = await transcriptOf(child);
      return [status, records(stdout)[0]];
    };
    expect(await outcome([], '{"a":1}\n')).toEqual([0, { lines: [1], stopped: null }]);
    expect(await outcome(['--leash'], '{"a":1}\n{"type":"end"}\n')).toEqual([0, { lines: [1], stopped: null }]);
    expect(await outcome(['--leash'], '{"a":1}\n')).toEqual([143, { lines: [1], stopped: 'leash' }]);
  });

  it('does not wait for a stdin that stays open', async () => {
    const child = start('leash');
    child.stdin.write('{"a":1}\n{"type":"end"}\n');
    expect(await transcriptOf(child)).toMatchObject({ status: 0 });
  });
});
