import { buildSync } from 'esbuild';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../src/testing/temporary-folder.ts';

// write-file-atomic is CommonJS and looks for these names.
const BANNER = [
  "import { createRequire as __cr } from 'node:module';",
  'const require = __cr(import.meta.url), __filename = process.argv[1];',
].join('');

/**
 * Bundles a script below this folder, so that plain Node can run it as a process of its own; returns its path. For what
 * can only be seen from outside: the death of a process.
 */
export function bundledScript(name: string): string {
  const outfile = join(temporaryFolder(), `${basename(name)}.mjs`);
  buildSync({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    mainFields: ['module', 'main'],
    banner: { js: BANNER },
    logLevel: 'warning',
  });
  return outfile;
}
