import { expect, it } from 'vitest';
import { missingLibrary } from '../../torture/preload/library.mjs';
import { makeSite } from './site.mjs';

it.for(['ralph-orchestrate', 'ralph-state', 'ralph-worker', 'ralph-integrate'])(
  '%s ends although the threads that Node has for V8 have missed every wake-up',
  async (program, context) => {
    const missing = missingLibrary();
    // No C compiler, or not Linux.
    if (missing !== undefined) context.skip(missing);
    const site = makeSite({ tasks: ['RQ-1', 'RQ-2'] });
    const plan = site.plan();
    plan.set(0, { calls: ['wake'], programs: [program], paths: ['/workers'] });
    const run = await site.run('ralph-orchestrate', ['run', '--', site.agent], { more: plan.env });
    expect(run).toMatchObject({ status: 0 });
    expect(plan.hits(0)).toBeGreaterThan(0);
    expect(site.living()).toEqual([]);
  },
);
