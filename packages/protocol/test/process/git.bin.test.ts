import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { isFailure } from '../../src/contract/failure.ts';
import { git, openGitStarter, tryGit } from '../../src/process/git.ts';
import { readProcStat } from '../../src/process/process-identity.ts';
import { signalProcess } from '../../src/process/process-list.ts';
import { scriptedCommand } from '../../src/testing/scripted-agent.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';
import { temporaryRepository } from '../../src/testing/temporary-repository.ts';
import { waitUntil } from '../../src/testing/wait-until.ts';

/** Arguments for a git that runs a line of shell as its subcommand, as it runs hooks and ssh. */
function running(line: string): string[] {
  return ['-c', `alias.line=!${line}`, 'line'];
}

/** Ends with the test the process whose number a file holds. */
function endWithTest(path: string): void {
  onTestFinished(() => {
    if (existsSync(path)) signalProcess(Number(readFileSync(path, 'utf8')), 'SIGKILL');
  });
}

function isLiving(pid: number): boolean {
  const state = readProcStat(pid)?.state;
  return state !== undefined && state !== 'Z';
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => 'was not refused',
    (thrown: unknown) => thrown,
  );
  return isFailure(error) ? `${error.code}: ${error.message} (${error.parts.hint ?? ''})` : String(error);
}

describe.each(['started by us', 'started by a starter of ours'])('tryGit, %s', (how) => {
  let end = () => {};
  beforeAll(async () => {
    if (how === 'started by a starter of ours') end = await openGitStarter();
  });
  afterAll(() => end());

  it('ends with git, though a process that git has left behind still holds its output', async () => {
    const cwd = temporaryFolder();
    endWithTest(join(cwd, 'pid'));
    const begin = Date.now();
    const result = await tryGit(running(`sleep 60 & echo $! > ${cwd}/pid; echo out; echo err >&2; exit 3`), { cwd });
    expect(result).toEqual({ stdout: 'out\n', stderr: 'err\n', exitCode: 3 });
    expect(Date.now() - begin).toBeLessThan(30_000);
  });

  it('looks again where another git is just making a worktree, and lets alone what stays half', async () => {
    const repo = temporaryRepository();
    repo.git('worktree', 'add', '-q', '../other');
    const half = join(repo.root, '.git/worktrees/other/commondir');
    const whole = readFileSync(half, 'utf8');
    writeFileSync(half, '');
    const line = `echo run >>"${repo.folder}/runs"; [ "$(wc -l <"${repo.folder}/runs")" -lt "$WHOLE_AT" ] || echo "${whole.trim()}" >"${half}"`;
    scriptedCommand(repo.folder, 'git', `${line}; PATH=\${PATH#*:}; exec git "$@"`);
    const path = [join(repo.folder, 'bin'), process.env['PATH']].join(':');
    const listed = (at: string) =>
      tryGit(['worktree', 'list'], { cwd: repo.root, env: { PATH: path, WHOLE_AT: at } }).then(
        ({ exitCode }) => exitCode,
      );
    expect(await listed('99')).toBe(128);
    expect(readFileSync(join(repo.folder, 'runs'), 'utf8').split('\n').length).toBeGreaterThan(3);
    writeFileSync(join(repo.folder, 'runs'), '');
    expect(await listed('3')).toBe(0);
    expect(readFileSync(join(repo.folder, 'runs'), 'utf8')).toBe('run\nrun\nrun\n');
  });

  it('ends a git that is deaf to SIGTERM shortly after its limit, with all that it started', async () => {
    const cwd = temporaryFolder();
    endWithTest(join(cwd, 'pid'));
    const begin = Date.now();
    const deaf = running(`trap "" TERM; echo $$ > ${cwd}/pid; while :; do sleep 0.1; done`);
    expect((await tryGit(deaf, { cwd, limitMs: 500 })).exitCode).toBeNull();
    expect(Date.now() - begin).toBeLessThan(60_000);
    await waitUntil('its end', () => !isLiving(Number(readFileSync(join(cwd, 'pid'), 'utf8'))));
  });

  it('ends a git on abort, also when that came first', async () => {
    const cwd = temporaryFolder();
    const stop = new AbortController();
    const ending = tryGit(running(`echo $$ > ${cwd}/pid; sleep 60`), { cwd, signal: stop.signal });
    await waitUntil('its begin', () => existsSync(join(cwd, 'pid')));
    stop.abort();
    expect((await ending).exitCode).toBeNull();
    expect((await tryGit(running('sleep 60'), { cwd, signal: stop.signal })).exitCode).toBeNull();
  });

  it('hands on input, settings and awkward words, and takes much output back', async () => {
    const cwd = join(temporaryFolder(), "it's a\n folder");
    mkdirSync(cwd);
    const env = { AWKWARD: `a'b "c"\n$HOME` };
    const input = 'x'.repeat(3_000_000);
    const result = await tryGit(running('cat; pwd >&2; printf %s "$AWKWARD" >&2'), { cwd, env, input });
    expect(result).toEqual({ stdout: input, stderr: `${cwd}\n${env.AWKWARD}`, exitCode: 0 });
    const ends = [0, 1, 2, 128].map((status) => tryGit(running(`cat; exit ${status}`), { cwd }));
    expect((await Promise.all(ends)).map(({ stdout, exitCode }) => [stdout, exitCode])).toEqual([
      ['', 0],
      ['', 1],
      ['', 2],
      ['', 128],
    ]);
  });

  it('hands on output in pieces, each byte once, and keeps nothing of it', async () => {
    const input = '\u00e4\0b\n'.repeat(60_000);
    const cwd = temporaryFolder();
    const pieces: Buffer[] = [];
    const onOutput = (piece: Buffer) => void pieces.push(Buffer.from(piece));
    const result = await tryGit(running('cat; echo words >&2; exit 3'), { cwd, input, onOutput });
    expect(result).toEqual({ stdout: '', stderr: 'words\n', exitCode: 3 });
    expect(Buffer.concat(pieces).equals(Buffer.from(input))).toBe(true);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(65_536);
    expect((await tryGit(running('echo next'), { cwd })).stdout).toBe('next\n');
  });

  it('runs a git whose limit is longer than any timer', async () => {
    const limitMs = 2 ** 31;
    expect((await tryGit(running('sleep 0.3; echo done'), { cwd: temporaryFolder(), limitMs })).stdout).toBe('done\n');
  });

  it('tells of a folder that is gone', async () => {
    const folder = temporaryFolder();
    const gone = join(folder, 'gone');
    expect(await refusal(tryGit(['version'], { cwd: gone }))).toBe(
      `io: cannot run git in ${gone}: no such folder (see whether the folder was moved or removed)`,
    );
    writeFileSync(gone, '');
    expect(await refusal(tryGit(['version'], { cwd: gone }))).toMatch(/^io: cannot run git in .*gone: no such folder/);
  });
});

describe('git', () => {
  it('says that it is not installed', async () => {
    const folder = temporaryFolder();
    const kept = process.env['PATH'];
    onTestFinished(() => void (process.env['PATH'] = kept));
    process.env['PATH'] = folder;
    expect(await refusal(tryGit(['version'], { cwd: folder }))).toMatch(/^git_missing: git was not found/);
  });

  it('tells nobody the password in an address, neither in its words nor in its hint', async () => {
    const url = 'file://me:secret@localhost/none.git';
    const words = await refusal(git(['ls-remote', url], { cwd: temporaryFolder() }));
    expect(words).toMatch(/^git_failed: git ls-remote failed in .* \(git -C \S+ ls-remote file:\/\/localhost/);
    expect(words).not.toContain('secret');
  });
});
