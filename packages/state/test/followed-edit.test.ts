import { describe, expect, it } from 'vitest';
import { followedEdit } from '../src/store/followed-edit.ts';

const [A, B, C] = ['A', 'B', 'C'].map((id) => ({ id, title: `task ${id}`, theirs: 1 })) as [object, object, object];

function document(...tasks: object[]) {
  return { text: JSON.stringify({ version: 1, tasks }), tasks: tasks as never };
}

describe('followedEdit', () => {
  it('tells the tasks after one has gone and after one has come', () => {
    const before = document(A, B);
    expect(followedEdit(before, document(B).text, { gone: new Set([0]), added: [] })).toEqual([B]);
    const added = [JSON.stringify(C)];
    expect(followedEdit(before, document(A, B, C).text, { gone: new Set(), added })).toEqual([A, B, C]);
    const first = [JSON.stringify(C)];
    expect(followedEdit(before, document(C, A, B).text, { gone: new Set(), first, added: [] })).toEqual([C, A, B]);
    expect(followedEdit(before, document(A, B, C).text, { gone: new Set(), first, added: [] })).toBeUndefined();
  });

  it.each([
    ['another one has gone', document(A).text],
    ['one was changed', document({ ...B, theirs: 2 }).text],
    ['one came besides', document(B, C).text],
    ['it is no JSON', '{"tasks":['],
    ['there is a comment', '// mine\n{"version":1,"tasks":[]}'],
  ])('leaves it to whoever reads all of it when %s', (_what, text) => {
    expect(followedEdit(document(A, B), text, { gone: new Set([0]), added: [] })).toBeUndefined();
  });

  it('takes no task that is none', () => {
    const added = ['{"id":"D"}'];
    const text = JSON.stringify({ version: 1, tasks: [A, { id: 'D' }] });
    expect(followedEdit(document(A), text, { gone: new Set(), added })).toBeUndefined();
  });
});
