import { expect, it } from 'vitest';
import { nextTaskId } from '../src/queue/task-id.ts';

it.each([
  [[], 'RQ-0001'],
  [['RQ-0001', 'RQ-0009'], 'RQ-0010'],
  [['RQ-0009', 'RQ-0001'], 'RQ-0010'],
  [['RQ-9999'], 'RQ-10000'],
  [['OPS-07', 'notes', 'RQ-0003'], 'OPS-08'],
  [['A-B-12'], 'A-B-13'],
  [['v1', '7', '-'], 'RQ-0001'],
  [['a/b-9', 'RQ-0002'], 'RQ-0003'],
])('the task after %j is %s', (ids, next) => {
  expect(nextTaskId(ids)).toBe(next);
});
