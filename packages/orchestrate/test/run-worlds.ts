import fc from 'fast-check';
import type { Ending } from './run-world.ts';
import { policy } from './support/policy.ts';

const endings = fc.constantFrom<Ending>('land', 'publish', 'block', 'fail_early', 'fail_late', 'limit', 'limit_told');
/** Any run with up to 15 tasks, each with what its attempts come to, and any order of what happens. */
export const WORLDS = fc.record({
  policy: fc
    .record({
      workers: fc.integer({ min: 1, max: 5 }),
      maxTasks: fc.constantFrom(0, 0, 0, 3),
      watch: fc.boolean(),
      stopAfterFailures: fc.constantFrom(0, 0, 3),
      waitForQuota: fc.boolean(),
    })
    .map(policy),
  tasks: fc.array(fc.record({ endings: fc.array(endings, { minLength: 1, maxLength: 3 }), resumes: fc.boolean() }), {
    maxLength: 15,
  }),
  adopted: fc.array(
    endings.filter((one) => !one.startsWith('limit')),
    { maxLength: 2 },
  ),
  choices: fc.array(fc.nat(), { minLength: 1, maxLength: 60 }),
  changes: fc.nat({ max: 5 }),
  retries: fc.nat({ max: 3 }),
  unreadable: fc.constantFrom(0, 0, 3),
  stopReason: fc.constantFrom('asked' as const, 'budget' as const),
  stopAfter: fc.option(fc.nat({ max: 40 }), { nil: undefined }),
});
