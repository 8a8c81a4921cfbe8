// Bundles the five programs. It runs at `npm ci`, so it needs nothing but esbuild and says so when that is left out.
import { renameSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleOptions, PROGRAMS } from './bundle-options.mjs';

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
async function buildAside(options) {
  const [next, old] = [`${options.outdir}.next`, `${options.outdir}.old`];
  for (const folder of [next, old]) rmSync(folder, { recursive: true, force: true });
  await esbuild.build({ ...options, outdir: next });
  try {
    renameSync(options.outdir, old);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  renameSync(next, options.outdir);
  rmSync(old, { recursive: true, force: true });
}

const esbuild = await loadEsbuild();
if (esbuild === undefined) {
  console.error('build: esbuild is not installed (--omit=dev?): keeping what was built before');
} else {
  const names = process.argv.length > 2 ? process.argv.slice(2).map((name) => basename(name)) : PROGRAMS;
  for (const name of names) {
    const options = bundleOptions(root, name);
    await buildAside(options);
  }
}
