import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleOptions, RUN_FOR_LONG } from './bundle-options.mjs';
import { chunkScripts } from './chunk-scripts.mjs';

const loader = fileURLToPath(new URL('loader/start.cjs', import.meta.url));

/**
 * Bundles one program of the workspace at root (which ends with a slash) into a folder, with the loader that starts it.
 *
 * @param esbuild the module: the build goes on where it is not installed
 * @returns what esbuild says of the bundle: its metafile
 */
export async function buildProgram(esbuild, root, name, folder) {
  const built = await esbuild.build({ ...bundleOptions(root, name), write: false, metafile: true });
  mkdirSync(folder, { recursive: true });
  for (const [script, text] of Object.entries(await chunkScripts(esbuild, built))) {
    const source = ascii(text);
    writeFileSync(join(folder, `${script}.js`), `//${createHash('sha256').update(source).digest('hex')}\n${source}`);
  }
  writeFileSync(join(folder, 'start.cjs'), loaderFor(name));
  return built.metafile;
}

function loaderFor(name) {
  const text = readFileSync(loader, 'utf8');
  return RUN_FOR_LONG.includes(name) ? text.replace("'no command'", "'run'") : text;
}

/** Escapes what esbuild leaves, which is in comments: V8 keeps and reads such a text in half the space. */
function ascii(text) {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
