import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildProgram } from './build-program.mjs';
import { manualPage } from './manual-page.mjs';
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

/** A package without a page of docs has none for man(1) either. */
function writeManual(root, name, folder) {
  const page = join(root, `docs/ralph-${name}.md`);
  if (!existsSync(page)) return;
  const { version } = JSON.parse(readFileSync(join(root, `packages/${name}/package.json`), 'utf8'));
  const text = manualPage(readFileSync(page, 'utf8'), { version, date: dayOfBuild() });
  writeFileSync(join(folder, `ralph-${name}.1`), text);
}

/** Whoever builds the same again and again sets the variable, as https://reproducible-builds.org tells. */
function dayOfBuild() {
  const seconds = process.env.SOURCE_DATE_EPOCH;
  const day = seconds === undefined || seconds === '' ? new Date() : new Date(Number(seconds) * 1000);
  return day.toISOString().slice(0, 10);
}
