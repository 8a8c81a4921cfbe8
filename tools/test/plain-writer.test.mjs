import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { expect, it } from 'vitest';
import { bundleOptions } from '../bundle-options.mjs';
import { temporaryTree } from './temporary-tree.mjs';

const house = fileURLToPath(new URL('../../', import.meta.url));

/** Says how many handlers of signals were taken while a file was written, and whether it is there. */
const WRITER = `
import { readFileSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';
let taken = 0;
process.on('newListener', () => (taken += 1));
writeFileAtomic.sync(process.argv[2], 'whole', { fsync: true });
console.log(String(taken), readFileSync(process.argv[2], 'utf8'));
`;

it('lets a program write a file without a handler for each signal', async () => {
  const folder = temporaryTree({});
  const { plugins, mainFields, platform, target } = bundleOptions(house, 'state');
  const bundled = join(folder, 'writer.cjs');
  const stdin = { contents: WRITER, resolveDir: join(house, 'packages/protocol') };
  await esbuild.build({ stdin, plugins, mainFields, platform, target, bundle: true, format: 'cjs', outfile: bundled });
  const { stdout } = spawnSync(process.execPath, [bundled, join(folder, 'file')], { encoding: 'utf8' });
  expect(stdout).toBe('0 whole\n');
});
