import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SiblingName } from '@ralph/protocol/process/sibling-command';
import { errorRecord, runProgram } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';

const TASK = '{"id":"RQ-0001","title":"one"}\n';

const COMMANDS: readonly (readonly [SiblingName, readonly string[]])[] = [
  ['ralph-lock', ['hold', '--wait=1']],
  ['ralph-state', ['init']],
  ['ralph-worker', ['run', '--', 'true']],
  ['ralph-integrate', ['run', '--ci', 'true']],
  ['ralph-orchestrate', ['run', '--', 'true']],
];

/** Puts a symlink to a file or a folder of the user's into a repository, and returns where it leads. */
function linked(repo: TestRepository, path: string): string {
  const isFile = /\.\w+$/.test(path);
  const elsewhere = join(repo.folder, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'precious.txt'), 'precious\n');
  mkdirSync(dirname(join(repo.root, path)), { recursive: true });
  symlinkSync(isFile ? join(elsewhere, 'precious.txt') : elsewhere, join(repo.root, path));
  return elsewhere;
}

describe('a symlink in the place of a file of the run', () => {
  it.each([
    '.ralph/cache',
    '.ralph/logs',
    '.ralph/loop.lock',
    '.ralph/logs/parallel/events.ndjson',
    '.ralph/cache/parallel/agents/RQ-0001.json',
  ])('that came with the repository as %s is written through by none of the programs', async (path) => {
    const repo = temporaryRepository();
    repo.queue([queueTask('RQ-0001')]);
    const elsewhere = linked(repo, path);
    repo.git('add', '-A', '-f');
    repo.git('commit', '-q', '-m', 'links');
    repo.git('push', '-q', 'origin', 'main');
    for (const [program, args] of COMMANDS) {
      const end = await runProgram(program, args, { cwd: repo.root, stdin: TASK });
      expect({ program, status: end.status }).toEqual({ program, status: 78 });
      expect(errorRecord(end.stderr)).toMatchObject({
        code: 'config_invalid',
        details: { path: join(repo.root, path) },
      });
    }
    expect(readdirSync(elsewhere)).toEqual(['precious.txt']);
    expect(readFileSync(join(elsewhere, 'precious.txt'), 'utf8')).toBe('precious\n');
  });

  it('beside them is nobody of ours to refuse', async () => {
    const repo = temporaryRepository();
    linked(repo, '.ralph/prompts');
    repo.git('add', '-A', '-f');
    repo.git('commit', '-q', '-m', 'links');
    expect(await runProgram('ralph-state', ['init'], { cwd: repo.root })).toMatchObject({ status: 0 });
  });

  it('that the user has put there is followed', async () => {
    const repo = temporaryRepository();
    const elsewhere = linked(repo, '.ralph/cache');
    const { status } = await runProgram('ralph-state', ['init'], { cwd: repo.root });
    expect(status).toBe(0);
    expect(existsSync(join(elsewhere, 'parallel/state.json'))).toBe(true);
  });

  it('as the log of an agent is not written through, whoever has put it there', async () => {
    const repo = temporaryRepository();
    const elsewhere = linked(repo, '.ralph/logs/parallel/RQ-0001.1.log');
    await runProgram('ralph-worker', ['run', '--', 'echo', 'words'], { cwd: repo.root, stdin: TASK });
    expect(readFileSync(join(elsewhere, 'precious.txt'), 'utf8')).toBe('precious\n');
  });
});
