import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { processIdentity, stateFile, workerRecord, type StateFile } from '@ralph/protocol/contract/state-file';
import { inOrder, isPlainState, stateInOrder } from '../src/store/plain-state.ts';
import { anyRecord, anyState, RECORD_VALUES } from './support/any-state.ts';

describe('isPlainState', () => {
  it('takes every state that the programs write, and the schema takes it as it is', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        expect(isPlainState(state)).toBe(true);
        expect(stateFile.parse(state)).toEqual(state);
      }),
      { numRuns: 300 },
    );
  });

  it('takes nothing that the schema refuses or would change', () => {
    const spoilt = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(-1, 0, 1.5, '', null, 2 ** 60, 'paused', {}, []),
    );
    const field = fc.constantFrom(...Object.keys(stateFile.shape));
    const recordField = fc.constantFrom(...Object.keys(workerRecord.shape));
    const identityField = fc.constantFrom(...Object.keys(processIdentity.shape));
    const change = fc.oneof(
      fc.tuple(fc.constant('state'), field, spoilt),
      fc.tuple(fc.constant('record'), recordField, spoilt),
      fc.tuple(fc.constant('identity'), identityField, spoilt),
    );
    let refused = 0;
    fc.assert(
      fc.property(anyRecord, change, fc.boolean(), (record, [where, name, value], isLeftOut) => {
        const put = (object: object) =>
          isLeftOut
            ? Object.fromEntries(Object.entries(object).filter(([key]) => key !== name))
            : { ...object, [name]: value };
        const identity = RECORD_VALUES.identity;
        const one =
          where === 'record' ? put(record) : where === 'identity' ? { ...record, identity: put(identity) } : record;
        const whole = { schema_version: 3, started_at: 't', target_branch: 'main', workers: [one], revision: 1 };
        const state = where === 'state' ? put(whole) : whole;
        const plain = isPlainState(state);
        if (!plain) refused += 1;
        const parsed = plain ? stateFile.safeParse(state) : { success: true, data: state };
        expect(parsed).toEqual({ success: true, data: state });
      }),
      { numRuns: 3000 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  it('knows the fields of the schema, in its order', () => {
    const backwards = Object.fromEntries(Object.entries(RECORD_VALUES).toReversed()) as typeof RECORD_VALUES;
    expect(Object.keys(inOrder({ theirs: 1, ...backwards }))).toEqual([...Object.keys(workerRecord.shape), 'theirs']);
    const state = { theirs: 1, revision: 1, workers: [], target_branch: '', started_at: '', schema_version: 3 };
    expect(Object.keys(stateInOrder(state as StateFile))).toEqual([...Object.keys(stateFile.shape), 'theirs']);
  });
});
