import { expect, it } from 'vitest';
import { archiveStorm } from './support/archive-storm.ts';

it('has each task in one of the two files after archive was killed at moments of chance', async () => {
  expect((await archiveStorm(20)).wrong).toEqual([]);
});
