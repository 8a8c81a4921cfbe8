// Bundles the five programs and makes their manual pages. It runs at `npm ci`, so it needs nothing but esbuild and says so when that is left out.
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAside } from './build-aside.mjs';
import { PROGRAMS } from './bundle-options.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

async function loadEsbuild() {
  try {
    return await import('esbuild');
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

const esbuild = await loadEsbuild();
if (esbuild === undefined) {
  console.error('build: esbuild is not installed (--omit=dev?): keeping what was built before');
} else {
  const names = process.argv.length > 2 ? process.argv.slice(2).map((name) => basename(name)) : PROGRAMS;
  for (const name of names) {
    const problem = await buildAside(esbuild, root, name);
    if (problem !== undefined) console.error(`build: ralph-${name} starts slower, without a code cache: ${problem}`);
  }
}
