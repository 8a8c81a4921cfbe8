import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { checkTree } from '../check-boundaries.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

it('keeps its own rules', { timeout: 60_000 }, async () => {
  expect(await checkTree(root)).toEqual([]);
});

it('has docs that say what the code says', { timeout: 120_000 }, () => {
  const { status, stderr } = spawnSync(process.execPath, [`${root}/tools/generate-docs.mjs`, '--check'], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: 'docs: fresh\n' });
});
