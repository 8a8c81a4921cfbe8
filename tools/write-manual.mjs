import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manualPage } from './manual-page.mjs';
import { latestRelease } from './release/latest-release.mjs';

/** Writes the page for man(1) of one program into a folder; a package without a page of docs has none of these either. */
export function writeManual(root, name, folder) {
  const page = join(root, `docs/ralph-${name}.md`);
  if (!existsSync(page)) return;
  const { version } = JSON.parse(readFileSync(join(root, `packages/${name}/package.json`), 'utf8'));
  const text = manualPage(readFileSync(page, 'utf8'), { version, date: dayOfRelease(root, version) ?? dayOfBuild() });
  writeFileSync(join(folder, `ralph-${name}.1`), text);
}

/** Of a release, whoever builds it gets the same page on any day. */
function dayOfRelease(root, version) {
  const { title, date } = latestRelease(root);
  return title === version ? date : undefined;
}

/** Whoever builds the same again and again sets the variable, as https://reproducible-builds.org tells. */
function dayOfBuild() {
  const seconds = process.env.SOURCE_DATE_EPOCH;
  const day = seconds === undefined || seconds === '' ? new Date() : new Date(Number(seconds) * 1000);
  return day.toISOString().slice(0, 10);
}
