// How a program is bundled: an entry and chunks that are loaded when a command needs them.

export const PROGRAMS = ['lock', 'state', 'worker', 'integrate', 'orchestrate'];

// Code written for CommonJS looks for these names inside an ESM bundle.
const banner = [
  "import{createRequire as __cr}from'node:module';import{fileURLToPath as __fp}from'node:url';",
  'const require=__cr(import.meta.url),__filename=__fp(import.meta.url);',
].join('');

/** Returns esbuild's options for one program of the workspace at root (which ends with a slash). */
export function bundleOptions(root, name) {
  return {
    absWorkingDir: root,
    entryPoints: [`packages/${name}/src/bin.ts`],
    outdir: `${root}packages/${name}/dist`,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    // jsonc-parser's main file cannot be bundled; its module file can.
    mainFields: ['module', 'main'],
    // The real one costs more at start-up than the rest of yargs, and our help is not drawn by yargs.
    alias: { 'string-width': `${root}tools/string-width-shim.mjs` },
    banner: { js: banner },
    legalComments: 'none',
    logLevel: 'warning',
  };
}
