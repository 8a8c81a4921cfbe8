import { describe, expect, it } from 'vitest';
import { judgeLock, type LockSigns } from '../src/judge-lock.ts';

const record = { pid: 7, started: '2026-01-01T00:00:00Z', prompt: 'p', state: 'held' as const };
const nobody = { locked: false, evidence: 'kernel', holder: null };
const base: LockSigns = {
  inKernel: true,
  seesAll: true,
  record,
  recordPlace: 'here',
  alive: true,
  possession: 'has',
};

describe('what is said of a lock', () => {
  it.each<[string, Partial<LockSigns>, unknown]>([
    ['held by the process of the record', {}, { locked: true, evidence: 'kernel', holder: record }],
    [
      'held by ralph-core, whose record has no identity, but whose process has the lock',
      { recordPlace: 'foreign' },
      { locked: true, evidence: 'kernel', holder: record },
    ],
    [
      'held by somebody else than the record says',
      { possession: 'has_not' },
      { locked: true, evidence: 'kernel', holder: null },
    ],
    [
      'held, and the record is of one who let it go',
      { record: { ...record, state: 'released' } },
      { locked: true, evidence: 'kernel', holder: null },
    ],
    [
      'held without a record',
      { record: undefined, possession: 'has_not', recordPlace: 'foreign' },
      { locked: true, evidence: 'kernel', holder: null },
    ],
    [
      'held, the process of another user is alive, and we may not look at it',
      { possession: 'not_known' },
      { locked: true, evidence: 'kernel', holder: record },
    ],
    [
      'held, and the number in a foreign record may be anybody',
      { possession: 'not_known', recordPlace: 'foreign' },
      { locked: true, evidence: 'kernel', holder: null },
    ],
    [
      'held, and the process of the record is dead',
      { possession: 'not_known', alive: false },
      { locked: true, evidence: 'kernel', holder: null },
    ],
    ['free, whatever the record claims', { inKernel: false, possession: 'has_not' }, nobody],
  ])('by a kernel that shows all: %s', (_, signs, expected) => {
    expect(judgeLock({ ...base, ...signs })).toEqual(expected);
  });

  it.each<[string, Partial<LockSigns>, unknown]>([
    [
      'held by a process that has it, though the table hides it',
      { inKernel: false },
      { locked: true, evidence: 'kernel', holder: record },
    ],
    [
      'held by its own word, in another container',
      { inKernel: false, possession: 'not_known', recordPlace: 'elsewhere', alive: false },
      { locked: true, evidence: 'record', holder: record },
    ],
    [
      'free, since the process of the record is dead',
      { inKernel: false, possession: 'has_not', alive: false },
      { locked: false, evidence: 'record', holder: null },
    ],
    [
      'free, since the last one let it go',
      { inKernel: false, possession: 'has_not', record: { ...record, state: 'released' } },
      { locked: false, evidence: 'record', holder: null },
    ],
    [
      'not known, without a record',
      { inKernel: false, possession: 'has_not', record: undefined, recordPlace: 'foreign' },
      { locked: false, evidence: 'none', holder: null },
    ],
    [
      'not known, with a record that tells nothing of its process',
      { inKernel: undefined, possession: 'not_known', recordPlace: 'foreign' },
      { locked: false, evidence: 'none', holder: null },
    ],
    [
      'held by a living process, where there is no table',
      { inKernel: undefined, possession: 'not_known' },
      { locked: true, evidence: 'record', holder: record },
    ],
  ])('by a kernel that does not show all: %s', (_, signs, expected) => {
    expect(judgeLock({ ...base, seesAll: false, ...signs })).toEqual(expected);
  });
});
