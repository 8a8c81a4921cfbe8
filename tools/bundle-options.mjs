// How a program is cut into an entry and chunks that are loaded when a command needs them.

export const PROGRAMS = ['lock', 'state', 'worker', 'integrate', 'orchestrate'];

/**
 * Those whose `run` works for a long time, beside others of the kind. `ralph-lock run` waits for its command and makes nothing
 * meanwhile.
 */
export const RUN_FOR_LONG = ['worker', 'integrate', 'orchestrate'];

/** What a bundle gets for `import.meta.url`, which few ask for and which is dear: see `chunk-scripts.mjs`. */
export const OWN_URL = '__own.url';

export const TARGET = { platform: 'node', target: 'node20.19' };

/** Returns esbuild's options for one program of the workspace at root (which ends with a slash). */
export function bundleOptions(root, name) {
  return {
    ...TARGET,
    absWorkingDir: root,
    entryPoints: [`packages/${name}/src/bin.ts`],
    outdir: `${root}packages/${name}/dist`,
    bundle: true,
    splitting: true,
    format: 'esm',
    // jsonc-parser's main file cannot be bundled; its module file can.
    mainFields: ['module', 'main'],
    // The real one costs more at start-up than the rest of yargs, and our help is not drawn by yargs.
    alias: { 'string-width': `${root}tools/string-width-shim.mjs` },
    plugins: [plainWriter(root)],
    define: { 'import.meta.url': OWN_URL },
    legalComments: 'none',
    logLevel: 'warning',
  };
}

/** Whoever else asks for signal-exit gets the real one. */
function plainWriter(root) {
  const path = `${root}tools/signal-exit-shim.mjs`;
  const isWriter = ({ importer }) => importer.includes('/node_modules/write-file-atomic/');
  const setup = (build) =>
    build.onResolve({ filter: /^signal-exit$/ }, (asked) => (isWriter(asked) ? { path } : undefined));
  return { name: 'plain-writer', setup };
}
