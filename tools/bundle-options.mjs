// How a program is bundled: everything in one script, in which what a command alone needs stands in functions that are
// called when it is loaded.

export const PROGRAMS = ['lock', 'state', 'worker', 'integrate', 'orchestrate'];

// A function for tools/loader/start.cjs to call, and not a module: a wrapper put around it at start would copy it all.
// The address of the module is asked for by few, and is dear.
const banner = [
  "(function(require,module,__filename){'use strict';",
  "const __own={get url(){return require('node:url').pathToFileURL(__filename).href}};",
].join('');

/** Returns esbuild's options for one program of the workspace at root (which ends with a slash). */
export function bundleOptions(root, name) {
  return {
    absWorkingDir: root,
    entryPoints: [`packages/${name}/src/bin.ts`],
    outfile: `${root}packages/${name}/dist/program.js`,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    // A script has no import(); esbuild makes it a require() that is as lazy.
    supported: { 'dynamic-import': false },
    // jsonc-parser's main file cannot be bundled; its module file can.
    mainFields: ['module', 'main'],
    // The real one costs more at start-up than the rest of yargs, and our help is not drawn by yargs.
    alias: { 'string-width': `${root}tools/string-width-shim.mjs` },
    define: { 'import.meta.url': '__own.url' },
    banner: { js: banner },
    footer: { js: '})' },
    legalComments: 'none',
    logLevel: 'warning',
  };
}
