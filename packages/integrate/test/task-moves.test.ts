import { describe, expect, it } from 'vitest';
import { MovesByLine } from '../src/books/task-moves.ts';
import { Stopped } from '../src/site/stopped.ts';

const one = { taskId: 'RQ-1', attempt: 1, followUps: undefined };
const followUps = { version: 1 as const, source_task_id: 'RQ-2', tasks: [{ key: 'next', title: 'Next' }] };
const two = { taskId: 'RQ-2', attempt: 3, followUps };

function asked() {
  const orders: object[] = [];
  const moves = new MovesByLine((order) => {
    orders.push(order);
    return Promise.resolve();
  });
  return { orders, moves };
}

describe('MovesByLine', () => {
  it('asks for a move and settles with the answer for that task', async () => {
    const { orders, moves } = asked();
    const [first, second] = [moves.move(one, '/ws/1'), moves.move(two, '/ws/2')];
    moves.answered({ type: 'task.archived', task_id: 'RQ-2', ok: false, message: 'no task RQ-2' });
    moves.answered({ type: 'task.archived', task_id: 'RQ-1', ok: true });
    await expect(second).rejects.toMatchObject({ code: 'sibling_failed', message: 'no task RQ-2' });
    await expect(first).resolves.toBeUndefined();
    expect(orders).toEqual([
      { type: 'task.archive', task_id: 'RQ-1', attempt: 1, repo: '/ws/1' },
      { type: 'task.archive', task_id: 'RQ-2', attempt: 3, repo: '/ws/2', followups: two.followUps.tasks },
    ]);
  });

  it('waits for nobody once no answer can come', async () => {
    const { orders, moves } = asked();
    const open = moves.move(one, '/ws/1');
    moves.end();
    await expect(open).rejects.toBeInstanceOf(Stopped);
    await expect(moves.move(two, '/ws/2')).rejects.toBeInstanceOf(Stopped);
    expect(orders).toHaveLength(1);
  });
});
