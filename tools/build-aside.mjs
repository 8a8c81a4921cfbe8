import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildProgram } from './build-program.mjs';
import { writeManual } from './write-manual.mjs';
import { rehearse } from './rehearsal.mjs';

/**
 * Builds one program beside its old `dist`, code cache and manual page included, and swaps the two at the end, since somebody may be
 * running the old one. Returns why there is no code cache, if so: the program works without.
 */
export async function buildAside(esbuild, root, name) {
  const folder = join(root, 'packages', name, 'dist');
  const [next, old] = [`${folder}.next`, `${folder}.old`];
  for (const one of [next, old]) rmSync(one, { recursive: true, force: true });
  await buildProgram(esbuild, root, name, next);
  const problem = rehearse(name, next);
  writeManual(root, name, next);
  try {
    renameSync(folder, old);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  renameSync(next, folder);
  rmSync(old, { recursive: true, force: true });
  return problem;
}
