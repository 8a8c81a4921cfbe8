import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
