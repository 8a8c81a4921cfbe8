import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { momentAfter, seededChance } from '@ralph/protocol/testing/chance';
import { startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { besideState, DONE, idsOnDisk, QUEUE, ralphState, STATE, stateOnDisk } from './support/repository.ts';

const COUNT = 200;
const ROUNDS = 10;

function id(number: number): string {
  return `RQ-${String(number).padStart(4, '0')}`;
}

const NUMBERS = Array.from({ length: COUNT }, (_, index) => index + 1);
const MOVED = NUMBERS.slice(0, COUNT / 2);

/** Writes three files of which each has to be mended. */
function damaged(): TestRepository {
  const repository = temporaryRepository();
  const ended = { status: 'done', completed_at: '2026-02-01T00:00:00Z' };
  const again = queueTask(id(1), { ...ended, notes: ['again'] });
  repository.queue(NUMBERS.map((number) => queueTask(id(number))));
  const tasks = [...MOVED.map((number) => queueTask(id(number), ended)), again, again];
  repository.write(DONE, JSON.stringify({ version: 1, tasks }));
  const workers = [1, 2, 3].map((attempt) => ({ task_id: id(1), lifecycle: 'failed', attempt }));
  repository.write(STATE, JSON.stringify({ schema_version: 3, workers, revision: 1 }));
  return repository;
}

it('killed at any moment, a repair leaves whole files, and the next one goes on without a loss', async () => {
  const random = seededChance();
  const start = performance.now();
  await ralphState(damaged().root, ['repair']);
  const duration = performance.now() - start;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { root } = damaged();
    const child = startProgram('ralph-state', ['repair'], { cwd: root });
    const ended = transcriptOf(child);
    await momentAfter((0.3 + 0.7 * random()) * duration);
    child.kill('SIGKILL');
    await ended;
    expect(await ralphState(root, ['repair'])).toMatchObject({ status: 0 });
    expect(await ralphState(root, ['repair'])).toMatchObject({ status: 0, stdout: '' });
    expect(idsOnDisk(root, QUEUE)).toEqual(NUMBERS.slice(COUNT / 2).map(id));
    expect(idsOnDisk(root, DONE)).toEqual([...MOVED.map(id), id(COUNT + 1)]);
    expect(stateOnDisk(root)).toMatchObject({ revision: 2, workers: [{ task_id: id(1), attempt: 3 }] });
    expect(besideState(root)).toEqual(['state.json', 'state.lock']);
    for (const name of readdirSync(join(root, '.ralph/cache/repair'))) expect(name).toMatch(/Z$/);
    expect(readdirSync(join(root, '.ralph')).toSorted()).toEqual(['cache', 'done.jsonc', 'queue.jsonc']);
  }
});
