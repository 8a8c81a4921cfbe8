import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildProgram } from '../build-program.mjs';
import { writeManual } from '../write-manual.mjs';
import { PROGRAMS } from '../bundle-options.mjs';
import { bundledLicenses } from './bundled-licenses.mjs';
import { packedManifest, promisedFiles } from './packed-manifest.mjs';
import { readmeOf } from './readme.mjs';

/**
 * Puts all that a pack of one program holds into a folder: the bundle without the code cache, which fits one Node of one machine,
 * what the package has beside it, and what a reader wants to know. The bytes follow from the sources alone.
 *
 * @param root of the workspace, with a slash at its end
 * @returns the manifest
 * @throws Error for a file that the manifest promises and nobody has made
 */
export async function stagePack(esbuild, root, name, folder) {
  const manifest = manifestIn(`${root}packages/${name}`);
  const workspace = manifestIn(root);
  const metafile = await buildProgram(esbuild, root, name, join(folder, 'dist'));
  // That in `dist` of the package is of what was built last, and may be of another version.
  writeManual(root, name, join(folder, 'dist'));
  const beside = [...manifest.files.filter((one) => one !== 'dist'), ...promisedFiles(manifest)];
  for (const one of beside) take(`${root}packages/${name}/${one}`, join(folder, one));
  const page = readFileSync(`${root}docs/${manifest.name}.md`, 'utf8');
  const names = PROGRAMS.map((program) => `ralph-${program}`);
  const node = workspace.engines.node.replace('>=', '');
  writeFileSync(join(folder, 'README.md'), readmeOf(manifest.name, page, { names, node }));
  writeFileSync(join(folder, 'LICENSES-OF-PACKAGES.txt'), bundledLicenses(root, metafile));
  for (const one of ['LICENSE', 'CHANGELOG.md']) take(`${root}${one}`, join(folder, one));
  const packed = packedManifest(manifest, workspace, readdirSync(folder));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(packed, null, 2)}\n`);
  levelModes(folder, new Set(promisedFiles({ bin: packed.bin }).map((path) => join(folder, path))));
  return packed;
}

function manifestIn(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

function take(from, to) {
  if (existsSync(to)) return;
  if (!existsSync(from)) throw new Error(`${from} is promised to whoever installs the program, but is not there`);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
}

/** Gives every file the same rights, whatever the umask here: they are part of a pack. */
function levelModes(folder, commands) {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    chmodSync(path, statSync(path).isDirectory() || commands.has(path) ? 0o755 : 0o644);
  }
}
