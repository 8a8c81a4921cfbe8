// Packs the five programs: node tools/pack/run.mjs [FOLDER]
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROGRAMS } from '../bundle-options.mjs';
import { makePacks } from './make-packs.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = resolve(process.argv[2] ?? `${root}packs`);
try {
  const packs = await makePacks(root, PROGRAMS, folder);
  for (const { name, version, file, tarball, installed } of packs) {
    const sizes = [tarball, installed].map((bytes) => `${Math.ceil(bytes / 1000)} kB`.padStart(8));
    console.log(`${name.padEnd(18)} ${version.padEnd(8)} packed ${sizes[0]}, installed ${sizes[1]}  ${file}`);
  }
  console.log(`packed into ${folder}`);
} catch (error) {
  console.error(`pack: ${error.message}`);
  process.exitCode = 1;
}
