// Which test files make up which tier: a file's ending decides.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The tiers with the nx target that runs each and the report that it leaves. */
export const TIERS = {
  unit: { target: 'test', report: '.reports/unit.json' },
  bin: { target: 'test-bin', report: '.reports/bin.json' },
  scenario: { target: 'test-scenario', report: '.reports/scenario.json' },
  long: { target: 'test-long', report: '.reports/long.json' },
};

/** Returns the folders under root that hold tests. */
export function testedFolders(root) {
  const packages = readdirSync(join(root, 'packages')).map((name) => join('packages', name));
  return [...packages, 'tools'].filter((folder) => existsSync(join(root, folder, 'test'))).toSorted();
}

/** Returns the test files of one tier in one folder, relative to it. */
export function testFiles(root, folder, tier) {
  return readdirSync(join(root, folder, 'test'), { recursive: true, encoding: 'utf8' })
    .map((name) => `test/${name}`)
    .filter((name) => tierOf(name) === tier)
    .toSorted();
}

function tierOf(name) {
  const ending = /(?:\.(bin|scenario|long))?\.test\.(?:ts|mjs)$/.exec(name);
  return ending === null ? undefined : (ending[1] ?? 'unit');
}
