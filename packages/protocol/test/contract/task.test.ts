import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptRef, baseRef, salvageRef } from '../../src/contract/paths.ts';
import { isSafeTaskId } from '../../src/contract/task-id.ts';
import { queueFile, task } from '../../src/contract/task.ts';

const taskId = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,12}$/),
  fc.stringMatching(/^[A-Za-z0-9._/@{}~^:*?-]{1,6}(\.lock)?$/),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

function gitAccepts(ref: string): boolean {
  return !ref.includes('\0') && spawnSync('git', ['check-ref-format', ref]).status === 0;
}

describe('isSafeTaskId', () => {
  it('only accepts what git takes as a part of a ref, and what is one folder name', () => {
    let accepted = 0;
    fc.assert(
      fc.property(taskId, (id) => {
        if (!isSafeTaskId(id)) return;
        accepted += 1;
        for (const ref of [attemptRef(id, 1), salvageRef(id, 1), baseRef(id)])
          expect([ref, gitAccepts(ref)]).toEqual([ref, true]);
        expect(id).not.toMatch(/[/\\\s]|^\.|^-/);
      }),
      { numRuns: 150 },
    );
    expect(accepted).toBeGreaterThan(20);
  });

  it.each(['RQ-0001', 'a', '7', 'fix_login.v2', 'A'.repeat(100)])('accepts %s', (id) => {
    expect(isSafeTaskId(id)).toBe(true);
  });

  it.each([
    '',
    '.',
    '..',
    '-x',
    '.x',
    'a/b',
    'a..b',
    'a.',
    'a.lock',
    'a b',
    'ä',
    'a\n',
    'NUL',
    'com1',
    'A'.repeat(101),
  ])('refuses %j', (id) => {
    expect(isSafeTaskId(id)).toBe(false);
  });
});

describe('task', () => {
  it('asks for id and title only and keeps fields that it does not know', () => {
    const read = { id: 'A', title: 'a', estimate: 3, custom_fields: { x: 1 } };
    expect(task.parse(read)).toEqual(read);
    expect(task.safeParse({ id: 'A' }).success).toBe(false);
    expect(task.safeParse({ id: 'A', title: 'a', status: 'dong' }).success).toBe(false);
  });

  it('takes a queue file of version 1 alone', () => {
    expect(queueFile.safeParse({ version: 1, tasks: [{ id: 'A', title: 'a' }] }).success).toBe(true);
    expect(queueFile.safeParse({ version: 2, tasks: [] }).success).toBe(false);
  });
});
