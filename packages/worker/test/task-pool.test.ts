import { describe, expect, it } from 'vitest';
import { retainedBytes } from '@ralph/protocol/testing/retained-bytes';
import { TaskPool } from '../src/run/task-pool.ts';

const pool = (options: { jobs: number; ahead: number }) => {
  const told: string[] = [];
  const onError = (name: string, error: unknown) => void told.push(`${name}: ${String(error)}`);
  return { told, pool: new TaskPool({ ...options, onError }) };
};

describe('a pool of tasks', () => {
  it('goes on after a task or an order that throws, and tells which', async () => {
    const { pool: tasks, told } = pool({ jobs: 1, ahead: 1 });
    let done = 0;
    await tasks.add('A', () => Promise.reject(new Error('bug')));
    tasks.aside('B', () => Promise.reject(new Error('other')));
    await tasks.add('C', () => Promise.resolve(void (done += 1)));
    await tasks.idle();
    expect(told.toSorted()).toEqual(['A: Error: bug', 'B: Error: other']);
    expect(done).toBe(1);
  });

  it('ends even when nobody can be told', async () => {
    const onError = () => Promise.reject(new Error('closed'));
    const tasks = new TaskPool({ jobs: 1, ahead: 1, onError });
    await tasks.add('A', () => Promise.reject(new Error('bug')));
    await expect(tasks.idle()).resolves.toBeUndefined();
  });

  it('makes its caller wait when as many tasks wait as may', async () => {
    const { pool: tasks } = pool({ jobs: 1, ahead: 2 });
    let free = () => {};
    const freed = new Promise<void>((resolve) => (free = resolve));
    const job = () => freed;
    await tasks.add('A', job);
    await tasks.add('B', job);
    let added = false;
    const third = tasks.add('C', job).then(() => (added = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(added).toBe(false);
    free();
    await third;
    await tasks.idle();
  });

  it('keeps nothing of a task that has ended, however many there are', async () => {
    const { pool: tasks } = pool({ jobs: 2, ahead: 4 });
    expect(await retainedBytes(10_000, () => tasks.add('A', () => Promise.resolve()))).toBeLessThan(20);
  });
});
