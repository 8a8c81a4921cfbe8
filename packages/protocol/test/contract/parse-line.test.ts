import { describe, expect, it } from 'vitest';
import { isFailure } from '../../src/contract/failure.ts';
import { parseLine } from '../../src/contract/parse-line.ts';

const at = '2026-01-01T00:00:00.000Z';

function refusal(record: Record<string, unknown>): string {
  try {
    return `was not refused: ${parseLine(record, 7).kind}`;
  } catch (error) {
    return isFailure(error) ? `${error.code} ${error.exit}: ${error.message}` : String(error);
  }
}

describe('parseLine', () => {
  it('knows a task by its id and title, bare or in an event', () => {
    const task = { id: 'A', title: 'a', extra: 1 };
    expect(parseLine(task, 1)).toEqual({ kind: 'task', task });
    expect(parseLine({ v: 1, type: 'task', at, task_id: 'A', attempt: 3, task }, 1)).toEqual({
      kind: 'task',
      task: { ...task, attempt: 3 },
    });
  });

  it('knows an event and keeps fields that it does not know', () => {
    const event = { v: 1, type: 'lock.released', at, path: '/x', later: true };
    expect(parseLine(event, 1)).toEqual({ kind: 'event', event });
  });

  it('takes a type that is no event for an order, or for something of a later version', () => {
    const record = { type: 'workspace.remove', task_id: 'A' };
    expect(parseLine(record, 1)).toEqual({ kind: 'order', type: 'workspace.remove', record });
    expect(parseLine({ type: 'toString' }, 1).kind).toBe('order');
    expect(parseLine({ hello: 1 }, 1)).toEqual({ kind: 'unknown' });
  });

  it.each([
    [{ v: 1, type: 'lock.released', at }, /^bad_line 65: line 7 of stdin: lock\.released: path: /],
    [{ v: 2, type: 'lock.released', at, path: '/x' }, /^bad_line 65: line 7 of stdin: lock\.released: v: /],
    [{ v: 1, type: 'lock.released', at: 'now', path: '/x' }, /^bad_line 65: line 7 of stdin: lock\.released: at: /],
    [{ v: 1, type: 'work.salvaged', at, task_id: 'A', ref: 'r', commit: 'x', reason: '' }, /work\.salvaged: attempt: /],
    [{ id: '', title: 'a' }, /^bad_line 65: line 7 of stdin: task: id: /],
    [{ type: 5 }, /^bad_line 65: line 7 of stdin: type is not a string$/],
  ])('refuses %j and names line and field', (record, message) => {
    expect(refusal(record)).toMatch(message);
  });
});
