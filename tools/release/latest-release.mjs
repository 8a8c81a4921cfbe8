import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the title and the date that the changelog of the workspace at root begins with; `Unreleased` has no date. */
export function latestRelease(root) {
  const path = join(root, 'CHANGELOG.md');
  const [, title, date] = /^## (\S+)(?: - (\S+))?/m.exec(existsSync(path) ? readFileSync(path, 'utf8') : '') ?? [];
  return { title, date };
}
