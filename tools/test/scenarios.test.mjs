import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const packages = fileURLToPath(new URL('../../packages', import.meta.url));

/** What the programs must do, each shown by a test that bears the number in its name. */
const SCENARIOS = {
  M01: 'settings have their defaults',
  M02: 'the root of the workspaces: ~, relative paths, refusals',
  M03: 'a number of workers that is none',
  M04: 'a root inside the repository that is not ignored',
  M05: 'a root inside the repository that is ignored',
  M06: 'the repository itself as the root',
  M07: 'a root outside of the repository',
  M08: 'a dirty repository, and --force',
  M09: 'files of the run may be dirty',
  M10: 'a detached HEAD',
  M11: 'no origin, or a push URL alone',
  M12: 'a queue outside of the repository',
  M13: 'nothing is written before it must be',
  M14: 'of several faults the first is told',
  M15: 'a fresh state file',
  M16: 'a state file with comments and unknown fields',
  M17: 'a state file of version 2',
  M18: 'a corrupt state file',
  M19: 'kill -9 of a writer',
  M20: 'one record for each task',
  M21: 'another target branch, nobody at work',
  M22: 'another target branch, somebody at work',
  M23: 'a missing target branch',
  M24: 'how long records are kept',
  M25: 'workspaces of what has ended',
  M26: 'the order of the queue',
  M27: 'doing comes before todo',
  M28: 'dependencies',
  M29: 'a scheduled start',
  M30: 'drafts',
  M31: 'what is not tried again',
  M32: '--max-tasks',
  M33: 'no more at the same time than asked for',
  M34: 'what an agent is started with',
  M35: 'an interrupt that agents obey',
  M36: 'an interrupt that agents ignore',
  M37: 'an agent that cannot be started',
  M38: 'a file that must not travel',
  M39: 'what has landed is recorded',
  M40: 'an agent that fails',
  M41: 'blocked work is kept',
  M42: 'a marker that nobody can read',
  M43: 'a stop on request',
  M44: 'work and its move to done land',
  M45: 'several land at the same time',
  M46: 'a push that lost a race',
  M47: 'races without end',
  M48: 'conflicts',
  M49: 'a red gate',
  M50: 'the marker of a red gate',
  M51: 'a task that is in neither file',
  M52: 'follow-ups',
  M53: 'a queue that git does not carry',
  M54: 'files of the environment travel',
  M55: 'what else is to travel',
  M56: 'symlinks that are to travel',
  M57: 'a status without a state',
  M58: 'each thing that a status can say',
  M59: 'a status for a person',
  M60: 'a retry',
  M61: 'outcomes of a run',
};

const TEXT = /(?:'[^'\n]*'|`[^`]*`|"[^"\n]*")/.source;

/** How the title of a test or group begins: its call, that of the `each` behind it, or a row that a `$title` names. */
const BEFORE_TITLE = [/\b(?:it|test|describe)(?:\.\w+)*\(\s*/, /\)\(\s*/, /\btitle:\s*/];

/** Returns the numbers in the titles of the tests and groups of a file. */
function numbersIn(text) {
  const titles = BEFORE_TITLE.flatMap(({ source }) => text.match(new RegExp(source + TEXT, 'g')) ?? []);
  return new Set(titles.flatMap((title) => title.match(/\bM\d\d\b/g) ?? []));
}

function testFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : testFiles(path);
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

const carried = new Set(
  readdirSync(packages).flatMap((name) =>
    testFiles(join(packages, name, 'test')).flatMap((path) => [...numbersIn(readFileSync(path, 'utf8'))]),
  ),
);

it('finds the numbers in titles of every form, and nowhere else', () => {
  const text = `it('M01: a', () => {}); describe("b (M02)", f); it.each([['x']])('M03: %s', f);
    test.skip(\`M04\`, f); const rows = [{ title: 'M05: b' }]; // M06
    const M07 = it; expect('M08').toBe(1);`;
  expect(numbersIn(text)).toEqual(new Set(['M01', 'M02', 'M03', 'M04', 'M05']));
});

for (const [number, what] of Object.entries(SCENARIOS)) {
  it(`${number} (${what}) is shown by a test of its name`, () => {
    expect([...carried]).toContain(number);
  });
}
