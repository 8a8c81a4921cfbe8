// Bundles the five programs. It runs at `npm ci`, so it needs nothing but esbuild and says so when that is left out.
import { renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildProgram } from './build-program.mjs';
import { PROGRAMS } from './bundle-options.mjs';
import { makeCodeCache } from './code-cache.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

async function loadEsbuild() {
  try {
    return await import('esbuild');
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Builds beside the old bundle and swaps the two at the end, since somebody may be running the old one. */
async function buildAside(name) {
  const folder = join(root, 'packages', name, 'dist');
  const [next, old] = [`${folder}.next`, `${folder}.old`];
  for (const one of [next, old]) rmSync(one, { recursive: true, force: true });
  await buildProgram(esbuild, root, name, next);
  const problem = makeCodeCache(name, next);
  if (problem !== undefined) console.error(`build: ralph-${name} starts slower, without a code cache: ${problem}`);
  try {
    renameSync(folder, old);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  renameSync(next, folder);
  rmSync(old, { recursive: true, force: true });
}

const esbuild = await loadEsbuild();
if (esbuild === undefined) {
  console.error('build: esbuild is not installed (--omit=dev?): keeping what was built before');
} else {
  const names = process.argv.length > 2 ? process.argv.slice(2).map((name) => basename(name)) : PROGRAMS;
  for (const name of names) await buildAside(name);
}
