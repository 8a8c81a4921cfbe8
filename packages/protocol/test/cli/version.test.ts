import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { VERSION } from '../../src/cli/version.ts';

it('is the version in the package.json of the workspace and of every package', () => {
  const versionIn = (path: string) =>
    (JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string }).version;
  const folders = ['protocol', 'lock', 'state', 'worker', 'integrate', 'orchestrate'];
  const paths = ['../../../../package.json', ...folders.map((name) => `../../../${name}/package.json`)];
  expect(paths.map(versionIn)).toEqual(paths.map(() => VERSION));
});
