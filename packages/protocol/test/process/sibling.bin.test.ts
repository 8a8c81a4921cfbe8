import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { isFailure } from '../../src/contract/failure.ts';
import { callSibling, Sibling } from '../../src/process/sibling.ts';
import { siblingCommand } from '../../src/process/sibling-command.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';

function place(path: string, text = ''): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

function execPath(folder: string): void {
  const kept = process.env['RALPH_EXEC_PATH'];
  onTestFinished(() => {
    if (kept === undefined) delete process.env['RALPH_EXEC_PATH'];
    else process.env['RALPH_EXEC_PATH'] = kept;
  });
  process.env['RALPH_EXEC_PATH'] = folder;
}

async function failureOf(script: string): Promise<unknown[]> {
  const folder = temporaryFolder();
  place(join(folder, 'ralph-state'), `#!/bin/sh\n${script}\n`);
  execPath(folder);
  const error: unknown = await callSibling('ralph-state', []).catch((thrown: unknown) => thrown);
  return isFailure(error) ? [error.code, error.exit, error.message] : [error];
}

describe('callSibling', () => {
  it.each([
    ['cut off', '{"error":{"code":"lock_h'],
    ['of another shape', '{"error":"oops"}'],
    ['without an exit', '{"error":{"code":"lock_held","message":"m"}}'],
    ['with an unknown code', '{"error":{"code":"other","message":"m","hint":"","exit":9}}'],
  ])('tells the status of a sibling whose error record is %s', async (_, record) => {
    expect(await failureOf(`printf '%s' '${record}' >&2; exit 75`)).toEqual([
      'sibling_failed',
      70,
      `ralph-state ended with status 75: ${record}`,
    ]);
  });

  it('passes on the failure that a sibling has told', async () => {
    const record = '{"error":{"code":"lock_held","message":"held by 7","hint":"wait","exit":75}}';
    expect(await failureOf(`echo '${record}' >&2; exit 75`)).toEqual(['lock_held', 75, 'held by 7']);
  });

  it('does not tell it a second time as notes, however long the sibling takes to end', async () => {
    const folder = temporaryFolder();
    const record = '{"error":{"code":"lock_held","message":"held by 7","hint":"wait","exit":75}}';
    const words = 'ralph-state: a note\nralph-state: held by 7\n  next: wait';
    place(join(folder, 'ralph-state'), `#!/bin/sh\nprintf '%s\\n' '${words}' '${record}' >&2; sleep 1; exit 75\n`);
    execPath(folder);
    const notes: string[] = [];
    await expect(callSibling('ralph-state', [], (line) => notes.push(line))).rejects.toThrow('held by 7');
    expect(notes).toEqual(['ralph-state: a note']);
  });
});

describe('Sibling', () => {
  it('takes any number of lines while it does not read, and goes on with all of them', async () => {
    const folder = temporaryFolder();
    const go = join(folder, 'go');
    place(join(folder, 'ralph-state'), `#!/bin/sh\nuntil [ -e '${go}' ]; do sleep 0.1; done\nwc -l >'${go}'\n`);
    execPath(folder);
    const warnings: string[] = [];
    const listen = (warning: Error) => void warnings.push(warning.name);
    process.on('warning', listen);
    onTestFinished(() => void process.off('warning', listen));
    const sibling = new Sibling('ralph-state', []);
    const sent = Array.from({ length: 30 }, () => sibling.send({ text: 'x'.repeat(100_000) }));
    writeFileSync(go, '');
    await Promise.all(sent);
    sibling.end();
    await sibling.ended;
    expect([readFileSync(go, 'utf8').trim(), warnings]).toEqual(['31', []]);
  });

  it('lets go of whoever waits to write when it has ended', async () => {
    const folder = temporaryFolder();
    place(join(folder, 'ralph-state'), '#!/bin/sh\nexec 0<&-\nexit 3\n');
    execPath(folder);
    const sibling = new Sibling('ralph-state', []);
    const sent = Array.from({ length: 30 }, () => sibling.send({ text: 'x'.repeat(100_000) }));
    await expect(Promise.all(sent)).resolves.toHaveLength(30);
    expect((await sibling.ended).exitCode).toBe(3);
  });
});

describe('siblingCommand', () => {
  it.each([
    ['packages of the workspace', 'packages/worker/dist/program.js', 'packages/state/bin/ralph-state.cjs'],
    ['packages installed side by side', 'm/ralph-worker/dist/program.js', 'm/ralph-state/bin/ralph-state.cjs'],
  ])('finds %s', (_, ours, theirs) => {
    const folder = temporaryFolder();
    const sibling = place(join(folder, theirs));
    const from = { module: pathToFileURL(join(folder, ours)).href, program: undefined };
    expect(siblingCommand('ralph-state', from)).toEqual([process.execPath, sibling]);
  });

  it('finds a command beside the one that we were started as, and else on PATH', () => {
    const folder = temporaryFolder();
    const sibling = place(join(folder, 'bin/ralph-state'));
    const other = place(join(folder, 'other bin/ralph-state'));
    onPath('', 'bin', join(folder, 'other bin'));
    const module = pathToFileURL(join(folder, 'm/ralph-worker/dist/program.js')).href;
    expect(siblingCommand('ralph-state', { module, program: join(folder, 'bin/ralph-worker') })).toEqual([sibling]);
    expect(siblingCommand('ralph-state', { module, program: join(folder, 'ralph-worker') })).toEqual([other]);
  });

  it('starts what npm has linked by the Node that runs us', () => {
    const folder = temporaryFolder();
    const script = place(join(folder, 'a prefix/lib/node_modules/ralph-state/bin/ralph-state.cjs'));
    mkdirSync(join(folder, 'a prefix/bin'));
    symlinkSync('../lib/node_modules/ralph-state/bin/ralph-state.cjs', join(folder, 'a prefix/bin/ralph-state'));
    onPath(join(folder, 'a prefix/bin'));
    const module = pathToFileURL(join(folder, 'm/ralph-worker/dist/program.js')).href;
    expect(siblingCommand('ralph-state', { module, program: undefined })).toEqual([process.execPath, script]);
  });

  it('says what to install where there is none, and takes none from a folder of PATH that is not absolute', async () => {
    const folder = temporaryFolder();
    place(join(folder, 'bin/ralph-state'));
    onPath(relative(process.cwd(), join(folder, 'bin')));
    const error: unknown = await callSibling('ralph-state', []).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'command_not_found',
      exit: 127,
      message: 'ralph-state is neither installed beside this program nor on PATH',
      parts: {
        hint: expect.stringMatching(/^npm run pack && npm install -g .*; or name the folder that has it /) as unknown,
      },
    });
  });

  it('says how to build it where we were built in a checkout ourselves', () => {
    const folder = temporaryFolder();
    onPath(join(folder, 'bin'));
    place(join(folder, 'my tools/tools/build.mjs'));
    const module = pathToFileURL(join(folder, 'my tools/packages/worker/dist/program.js')).href;
    const hint = `cd '${join(folder, 'my tools')}' && npm ci  # or name the folder that has it in RALPH_EXEC_PATH`;
    expect(() => siblingCommand('ralph-state', { module, program: undefined })).toThrow(
      expect.objectContaining({ code: 'command_not_found', parts: { hint } }),
    );
  });
});

function onPath(...folders: string[]): void {
  vi.stubEnv('PATH', folders.join(delimiter));
  onTestFinished(() => void vi.unstubAllEnvs());
}
