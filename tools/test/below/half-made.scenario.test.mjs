import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { missingLibrary } from '../../torture/preload/library.mjs';
import { makeSite } from './site.mjs';

it('the folder of second loops can be used as soon as it is there, whoever is just making it', async (context) => {
  const missing = missingLibrary();
  // No C compiler, or not Linux.
  if (missing !== undefined) context.skip(missing);
  const site = makeSite();
  const folder = join(site.root, '.worktrees');
  const plan = site.plan();
  const paths = ['*/.worktrees/*gitignore*'];
  plan.set(0, { calls: ['write'], programs: ['ralph-worker'], paths, deed: 'delay', delayMs: 3000 });
  const first = site.run('ralph-worker', ['worktree', 'add', 'slow'], { more: plan.env });
  await expect.poll(() => readdirSync(folder), { timeout: 60_000 }).not.toEqual([]);
  expect(await site.run('ralph-worker', ['worktree', 'add', 'quick'])).toMatchObject({ status: 0 });
  expect(await first).toMatchObject({ status: 0 });
  expect(plan.hits(0)).toBeGreaterThan(0);
  expect(readdirSync(folder).toSorted()).toEqual(['.gitignore', 'quick', 'slow']);
});
