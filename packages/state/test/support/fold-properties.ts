import fc from 'fast-check';
import { expect } from 'vitest';
import type { StateFile } from '@ralph/protocol/contract/state-file';
import type { RecordEvent } from '../../src/records/lifecycle-rules.ts';
import { emptyState, parseState } from '../../src/store/state-document.ts';
import { serialiseState } from './serialise-state.ts';
import { anyState } from './any-state.ts';
import { MAKERS } from './events.ts';
import { folded } from './folded.ts';

const TYPES = Object.keys(MAKERS) as RecordEvent['type'][];

const someEvent = fc
  .tuple(fc.constantFrom(...TYPES), fc.constantFrom('A', 'B', 'C'), fc.integer({ min: 1, max: 3 }), fc.nat(5))
  .map(([type, task, attempt, second]) => MAKERS[type]({ task, attempt, at: `2026-01-01T00:00:0${second}.000Z` }));

const someEvents = fc.array(someEvent, { maxLength: 40 });

/** How many inputs are tried; `RALPH_TEST_SEED` in the environment repeats a run. */
function runs(numRuns: number): fc.Parameters<unknown> {
  const seed = process.env['RALPH_TEST_SEED'];
  return seed === undefined ? { numRuns } : { numRuns, seed: Number(seed) };
}

/** The same file comes of a stream however it is cut into batches, each of which is written and read again. */
export async function anySplitGivesTheSameFile(count: number): Promise<void> {
  const cuts = fc.array(fc.nat(40), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(anyState, someEvents, cuts, async (before, events, cut) => {
      const whole = serialiseState(folded(events, before));
      const bounds = [0, ...cut.toSorted((a, b) => a - b), events.length];
      let text = serialiseState(before);
      for (const [index, end] of bounds.entries()) {
        const batch = events.slice(bounds[index - 1] ?? 0, end);
        text = serialiseState(folded(batch, await parseState(text, 'f')));
      }
      expect(text).toBe(whole);
    }),
    runs(count),
  );
}

/** An event that comes twice in a row says nothing new. */
export function anyEventMayComeTwice(count: number): void {
  fc.assert(
    fc.property(someEvents, (events) => {
      const twice = events.flatMap((event) => [event, event]);
      expect(serialiseState(folded(twice))).toBe(serialiseState(folded(events)));
    }),
    runs(count),
  );
}

/** Two records of one task never are, an earlier attempt never comes back, what has landed stays landed. */
export function anyStreamKeepsTheRules(count: number): void {
  fc.assert(
    fc.property(someEvents, (events) => {
      let state = emptyState('main', '');
      for (const event of events) {
        const after = folded([event], state);
        const ids = after.workers.map(({ task_id }) => task_id);
        expect(new Set(ids).size).toBe(ids.length);
        checkOrder(state, after);
        for (const { task_id, attempt = 0, lifecycle } of state.workers) {
          const later = after.workers.find((record) => record.task_id === task_id);
          expect(later?.attempt).toBeGreaterThanOrEqual(attempt);
          const keepsLanding =
            lifecycle !== 'completed' || later?.attempt !== attempt || later.lifecycle === 'completed';
          expect(keepsLanding).toBe(true);
        }
        expect(after.revision ?? 0).toBe((state.revision ?? 0) + (after === state ? 0 : 1));
        state = after;
      }
    }),
    runs(count),
  );
}

function checkOrder(before: StateFile, after: StateFile): void {
  const kept = after.workers.slice(0, before.workers.length).map(({ task_id }) => task_id);
  expect(kept).toEqual(before.workers.map(({ task_id }) => task_id));
}

/** What was read is written as it was, known fields and unknown ones, in any layout and with comments. */
export async function anyFileSurvivesARoundTrip(count: number): Promise<void> {
  const layout = fc.constantFrom(
    (state: object) => JSON.stringify(state),
    (state: object) => `\uFEFF// by hand\n${JSON.stringify(state, null, 2).replace(/\}$/, ',}')}`,
    (state: object) => JSON.stringify(Object.fromEntries(Object.entries(state).toReversed()), null, 4),
  );
  await fc.assert(
    fc.asyncProperty(anyState, layout, async (state, print) => {
      const text = serialiseState(await parseState(print(state), 'f'));
      expect(JSON.parse(text)).toEqual(state);
      expect(serialiseState(await parseState(text, 'f'))).toBe(text);
    }),
    runs(count),
  );
}

/** A file of an earlier version loses its records and nothing else. */
export async function anyOldFileIsTakenOver(count: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(anyState, fc.constantFrom(0, 1, 2, undefined), async (state, version) => {
      const { schema_version: _version, ...rest } = state;
      const old = version === undefined ? rest : { schema_version: version, ...rest };
      const text = serialiseState(await parseState(JSON.stringify(old), 'f'));
      expect(JSON.parse(text)).toEqual({ ...state, workers: [] });
    }),
    runs(count),
  );
}
