import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StateFile } from '@ralph/protocol/contract/state-file';
import { withoutRecords, withRecord } from '../src/records/fold.ts';
import { inOrder, stateInOrder } from '../src/store/plain-state.ts';
import { StateImage } from '../src/store/state-image.ts';
import { anyRecord, anyState } from './support/any-state.ts';

/** The layout that everybody gets who prints JSON with an indent of two. */
function printed(state: StateFile): string {
  return `${JSON.stringify({ ...stateInOrder(state), workers: state.workers.map(inOrder) }, null, 2)}\n`;
}

const step = fc.oneof(
  { weight: 5, arbitrary: anyRecord.map((record) => (state: StateFile) => withRecord(state, record)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('A', 'B').map(
      (id) => (state: StateFile) =>
        withoutRecords(
          state,
          state.workers.filter(({ task_id }) => task_id === id),
        ),
    ),
  },
  { weight: 1, arbitrary: fc.string().map((target_branch) => (state: StateFile) => ({ ...state, target_branch })) },
);

describe('StateImage', () => {
  it('is the printed state, however it was come by', () => {
    let advanced = 0;
    fc.assert(
      fc.property(anyState, fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 8 }), (first, batches) => {
        let [state, image] = [first, new StateImage(first)];
        expect(image.bytes.toString()).toBe(printed(state));
        for (const batch of batches) {
          state = batch.reduce((before, change) => change(before), state);
          if (image.advance(state)) advanced += 1;
          else image = new StateImage(state);
          expect(image.bytes.toString()).toBe(printed(state));
        }
      }),
      { numRuns: 500 },
    );
    expect(advanced).toBeGreaterThan(500);
  });

  it('is not touched by a state that is too different', () => {
    const records = Array.from({ length: 40 }, (_, index) => ({
      task_id: `T-${index}`,
      workspace_path: '',
      lifecycle: 'running' as const,
      started_at: '',
      push_attempts: 0,
    }));
    const state = { schema_version: 3, started_at: '', target_branch: '', workers: records };
    const image = new StateImage(state);
    const other = { ...state, workers: records.map((record) => ({ ...record, title: 'longer' })) };
    expect(image.advance(other)).toBe(false);
    expect(image.bytes.toString()).toBe(printed(state));
    expect(image.advance(withRecord(state, { ...records[3], title: 'x' } as (typeof records)[number]))).toBe(true);
  });
});
