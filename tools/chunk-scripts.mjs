import { basename } from 'node:path';
import { OWN_URL, TARGET } from './bundle-options.mjs';
import { lateBuiltins } from './late-builtins.mjs';

/** A script has no import(); esbuild makes it a require() that is as lazy. */
const CJS = { ...TARGET, format: 'cjs', supported: { 'dynamic-import': false } };

const [own, url] = OWN_URL.split('.');

/**
 * Puts an entry and its chunks into two scripts for `tools/loader/start.cjs`: our own code, and the chunks that are mostly
 * packages, which few commands need. In them each chunk is a function that nobody looks into before it is called: V8
 * reads a script and its cache in a time that goes by their size, and makes every function at the top of one at once.
 *
 * @param built what esbuild made with the options of `bundle-options.mjs` and a metafile
 * @returns the texts by the names of the scripts; no packages where there are none
 */
export async function chunkScripts(esbuild, { outputFiles, metafile }) {
  const mostlyPackages = new Map(
    Object.entries(metafile.outputs).map(([path, output]) => [basename(path), isMostlyPackages(output)]),
  );
  const chunks = await Promise.all(
    outputFiles.map(async ({ path, text }) => {
      const name = basename(path);
      return { name, code: lateBuiltins((await esbuild.transform(text, CJS)).code), foreign: mostlyPackages.get(name) };
    }),
  );
  const [program, packages] = [false, true].map((foreign) => chunks.filter((chunk) => chunk.foreign === foreign));
  return { program: script(program), ...(packages.length === 0 ? {} : { packages: script(packages) }) };
}

function isMostlyPackages({ bytes, inputs }) {
  const foreign = Object.entries(inputs).filter(([path]) => path.includes('node_modules/'));
  return foreign.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0) > bytes / 2;
}

// A function for the loader to call, and not a module: a wrapper put around it at start would copy it all.
function script(chunks) {
  const members = chunks.map(
    ({ name, code }) => `${JSON.stringify(`./${name}`)}(require,module,exports){\n${code}\n},\n`,
  );
  return [
    "(function(__filename){'use strict';",
    `const ${own}={get ${url}(){return process.getBuiltinModule('url').pathToFileURL(__filename).href}};`,
    `return {\n${members.join('')}}})`,
  ].join('');
}
