import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { runWorker, taskLines } from './worker-run.ts';

const ids = Array.from({ length: 100 }, (_, index) => `T-${index + 1}`);

function packedAttempts(repo: TestRepository): string[] {
  const path = join(repo.root, '.git/packed-refs');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  return lines.filter((line) => line.includes(' refs/ralph/attempts/'));
}

describe('a run of a hundred attempts', () => {
  it('has git put the refs into one file on the way, and ends when that is done', async () => {
    const repo = temporaryRepository();
    const run = await runWorker(repo, taskLines(...ids), 'exit 1', '--jobs', '4');
    expect([run.events('task.failed').length, run.stderr]).toEqual([100, '']);
    // What others were doing in that moment comes with the next hundred.
    expect(packedAttempts(repo).length).toBeGreaterThan(90);
  });

  it('leaves them as they are where the user keeps git from tidying up', async () => {
    const repo = temporaryRepository();
    repo.git('config', 'gc.auto', '0');
    const run = await runWorker(repo, taskLines(...ids), 'exit 1', '--jobs', '4');
    expect([run.events('task.failed').length, run.stderr]).toEqual([100, '']);
    expect(packedAttempts(repo)).toEqual([]);
  });
});

describe('a run after a git was killed', () => {
  // Elsewhere nobody can tell who has a file open.
  it.skipIf(process.platform !== 'linux')('removes what that has left half-written among the objects', async () => {
    const repo = temporaryRepository();
    const path = join(repo.root, '.git/objects/eb/tmp_obj_qMghTq');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'half');
    const yesterday = Date.now() / 1000 - 86_400;
    utimesSync(path, yesterday, yesterday);
    const run = await runWorker(repo, taskLines('T-1'), 'echo work > work.txt');
    expect([run.events('agent.finished').length, run.stderr, existsSync(path)]).toEqual([1, '', false]);
  });
});
