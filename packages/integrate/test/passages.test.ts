import { expect, it } from 'vitest';
import { retainedBytes } from '@ralph/protocol/testing/retained-bytes';
import type { Candidate } from '../src/candidate/candidate.ts';
import type { Lanes } from '../src/train/lanes.ts';
import { Passages } from '../src/train/passages.ts';

it('keeps nothing of the candidates that have passed, however many there are', async () => {
  const passages = new Passages({ forget: () => {} } as unknown as Lanes);
  const once = async () => {
    passages.next({ taskId: 'A', attempt: 1 } as Candidate).end();
    await Promise.resolve();
  };
  expect(await retainedBytes(10_000, once)).toBeLessThan(20);
});
