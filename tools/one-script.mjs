import { basename } from 'node:path';
import { OWN_URL, TARGET } from './bundle-options.mjs';

const ENTRY = 'bin.js';

/** A script has no import(); esbuild makes it a require() that is as lazy. */
const CJS = { ...TARGET, format: 'cjs', supported: { 'dynamic-import': false } };

const [own, url] = OWN_URL.split('.');

// A function for tools/loader/start.cjs to call, and not a module: a wrapper put around it at start would copy it all.
const banner = [
  "(function(require,module,__filename){'use strict';",
  `const ${own}={get ${url}(){return require('node:url').pathToFileURL(__filename).href}};`,
].join('');

/**
 * Puts an entry and its chunks into one script. Each chunk becomes a function that nobody looks into before it is called;
 * put together in one go, esbuild would lift the functions of all packages to the top, and each start would make them.
 *
 * @param outputFiles what esbuild made with the options of `bundle-options.mjs`
 */
export async function oneScript(esbuild, outputFiles) {
  const chunks = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const load = async ({ path }) => {
    const text = chunks.get(path);
    return { contents: path === ENTRY ? text : (await esbuild.transform(text, CJS)).code };
  };
  const plugin = {
    name: 'chunks',
    setup(build) {
      build.onResolve({ filter: /\.js$/ }, ({ path }) => ({ path: basename(path), namespace: 'chunk' }));
      build.onLoad({ filter: /./, namespace: 'chunk' }, load);
    },
  };
  const { outputFiles: scripts } = await esbuild.build({
    ...CJS,
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    plugins: [plugin],
    banner: { js: banner },
    footer: { js: '})' },
    logLevel: 'warning',
  });
  return scripts[0].text;
}
