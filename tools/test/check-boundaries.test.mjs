import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkTree } from '../check-boundaries.mjs';
import { temporaryTree } from './temporary-tree.mjs';

const ENTRY =
  "import { runProgram } from '@ralph/protocol/cli/run';\nimport { program } from './program.ts';\nvoid runProgram(program);\n";

/** A small workspace in which every rule is kept: two programs and the contract. */
const HOUSE = {
  'package.json': { devDependencies: { vitest: '1' } },
  'node_modules/zod/index.js': 'export const z = 1;\n',
  'node_modules/zod/package.json': { name: 'zod', type: 'module', exports: './index.js' },
  'packages/protocol/package.json': { exports: { './*': './src/*.ts' }, dependencies: { zod: '1' } },
  'packages/protocol/src/contract/task.ts': "import { z } from 'zod';\nexport const task = z;\n",
  'packages/protocol/src/cli/run.ts':
    "import type { Spec } from './spec.ts';\nexport const runProgram = (spec: Spec) => spec;\n",
  'packages/protocol/src/cli/spec.ts': 'export type Spec = object;\n',
  'packages/lock/package.json': { dependencies: { '@ralph/protocol': '1' } },
  'packages/lock/bin/ralph-lock.cjs': "require('../dist/start.cjs');\n",
  'packages/lock/src/bin.ts': ENTRY,
  'packages/lock/src/program.ts': "export const program = { load: () => import('./run.ts') };\n",
  'packages/lock/src/run.ts': "import { task } from '@ralph/protocol/contract/task';\nexport const run = () => task;\n",
  'packages/lock/test/run.test.ts':
    "import { it } from 'vitest';\nimport { run } from '../src/run.ts';\nit('runs', () => run());\n",
  'packages/state/package.json': { dependencies: { '@ralph/protocol': '1' } },
  'packages/state/src/bin.ts': ENTRY,
  'packages/state/src/program.ts': 'export const program = {};\n',
};

/** Returns what is said about the house after some of its files were replaced. */
function broken(changes) {
  const root = temporaryTree({ ...HOUSE, ...changes });
  mkdirSync(join(root, 'node_modules/@ralph'));
  symlinkSync('../../packages/protocol', join(root, 'node_modules/@ralph/protocol'));
  return checkTree(root);
}

describe('check-boundaries', () => {
  it('is silent where every rule is kept', async () => {
    expect(await broken({})).toEqual([]);
  });
});

describe('check-boundaries on imports', () => {
  it.each([
    ['a program of the family by name', "import type { x } from 'ralph-state/src/x';\nexport type Y = typeof x;\n"],
    [
      'a file of another program by path',
      "import { program } from '../../state/src/program.ts';\nexport const y = program;\n",
    ],
  ])('refuses %s', async (_, text) => {
    const problems = await broken({ 'packages/lock/src/other.ts': text });
    expect(problems[0]).toMatch(/^packages\/lock\/src\/other\.ts:1: imports .*(?:spawn it|only left through)/);
  });

  it('refuses an import from a layer above', async () => {
    const text = "import { runProgram } from '../cli/run.ts';\nexport const above = runProgram;\n";
    expect(await broken({ 'packages/protocol/src/contract/above.ts': text })).toEqual([
      'packages/protocol/src/contract/above.ts:1: the layer contract imports from cli',
    ]);
  });

  it('refuses Node and other packages in the contract', async () => {
    const text = "import { join } from 'node:path';\nimport yargs from 'yargs';\nexport const x = [join, yargs];\n";
    const problems = await broken({
      'packages/protocol/package.json': { exports: { './*': './src/*.ts' }, dependencies: { zod: '1', yargs: '1' } },
      'packages/protocol/src/contract/impure.ts': text,
    });
    expect(problems).toEqual([
      'packages/protocol/src/contract/impure.ts:1: the layer contract imports node:path: it is about data only',
      'packages/protocol/src/contract/impure.ts:2: the layer contract imports yargs',
    ]);
  });

  it('refuses code for tests in a program', async () => {
    const problems = await broken({
      'packages/protocol/src/testing/wait.ts': 'export const wait = 1;\n',
      'packages/state/src/wait.ts': "\nexport const x = import('@ralph/protocol/testing/wait');\n",
    });
    expect(problems).toEqual([
      'packages/state/src/wait.ts:2: imports @ralph/protocol/testing/wait, which is for tests',
    ]);
  });

  it('refuses built code outside of a launcher', async () => {
    const text = "import { run } from '../dist/run.js';\nexport const x = run;\n";
    expect(await broken({ 'packages/lock/test/built.test.ts': text })).toEqual([
      'packages/lock/test/built.test.ts:1: imports built code: ../dist/run.js',
    ]);
    expect(await broken({ 'tools/built.cjs': "const { run } = require('../packages/lock/dist/run.cjs');\n" })).toEqual([
      'tools/built.cjs:1: imports built code: ../packages/lock/dist/run.cjs',
    ]);
  });

  it('refuses a package that is not declared, and one that is declared in vain', async () => {
    expect(await broken({ 'packages/state/src/list.ts': "import { z } from 'zod';\nexport const x = z;\n" })).toEqual([
      'packages/state/src/list.ts:1: imports zod, which packages/state/package.json does not declare',
    ]);
    expect(
      await broken({ 'packages/lock/package.json': { dependencies: { '@ralph/protocol': '1', zod: '1' } } }),
    ).toEqual(['packages/lock/package.json:1: declares zod, which nothing imports']);
  });

  it('refuses a circle, one of types alone too', async () => {
    const problems = await broken({
      'packages/protocol/src/cli/spec.ts':
        "import type { runProgram } from './run.ts';\nexport type Spec = typeof runProgram;\n",
    });
    expect(problems).toEqual([
      'packages/protocol/src/cli/run.ts:1: imports in a circle: packages/protocol/src/cli/run.ts -> packages/protocol/src/cli/spec.ts -> packages/protocol/src/cli/run.ts',
    ]);
  });

  it('sees an import over several lines and none in a comment', async () => {
    const text =
      "/**\n * import { a } from 'ralph-state';\n */\n// import { a } from 'ralph-state';\nimport {\n  program,\n} from '../../state/src/program.ts';\nexport const x = program;\n";
    const problems = await broken({ 'packages/lock/src/other.ts': text });
    expect(problems.map((line) => line.split(': ')[0])).toEqual(['packages/lock/src/other.ts:7']);
  });
});

describe('check-boundaries on files', () => {
  it.each([
    ['src/index.ts', 'export const x = 1;\n', 'no index files: import the file that has it'],
    [
      'src/all.ts',
      "export * from './run.ts';\nexport type { y } from './run.ts';\n",
      'only passes on the exports of others',
    ],
    ['src/utils/x.ts', 'export const x = 1;\n', '"utils" says nothing: name it after what it holds'],
    ['test/lock-helpers.ts', 'export const x = 1;\n', '"lock-helpers.ts" says nothing: name it after what it holds'],
    ['src/takeLock.ts', 'export const x = 1;\n', 'file names are in kebab-case'],
    ['src/bin.ts', `${ENTRY}\n`, 'an entry has three lines'],
  ])('refuses %s', async (name, text, message) => {
    expect(await broken({ [`packages/lock/${name}`]: text })).toEqual([`packages/lock/${name}:1: ${message}`]);
  });

  it('refuses a file of more than 300 lines', async () => {
    const lines = (count) => Array.from({ length: count }, () => 'void 0;\n').join('');
    expect(await broken({ 'packages/lock/src/long.ts': lines(300) })).toEqual([]);
    expect(await broken({ 'packages/lock/src/long.ts': lines(301) })).toEqual([
      'packages/lock/src/long.ts:301: 301 lines: the limit is 300',
    ]);
  });

  it('refuses that more than a fifth of the files exceed 150 lines', async () => {
    const long = Array.from({ length: 151 }, () => 'void 0;\n').join('');
    const three = Object.fromEntries([1, 2, 3].map((number) => [`packages/lock/src/long-${number}.ts`, long]));
    expect((await broken(three))[0]).toMatch(/: 23 % of the files exceed 150 lines/);
  });

  it('refuses process.exit in a program', async () => {
    expect(await broken({ 'packages/lock/src/end.ts': '\nprocess.exit(1);\n' })).toEqual([
      'packages/lock/src/end.ts:2: process.exit() cuts off what was written: return a status',
    ]);
    expect(await broken({ 'packages/protocol/src/cli/leave.ts': '\nprocess.exit();\n' })).toEqual([]);
  });

  it('refuses a read that a signal would end, but of what the system itself tells', async () => {
    const text = "readFileSync('/proc/locks', 'latin1');\nreadFileSync(path, 'utf8');\n";
    expect(await broken({ 'packages/lock/src/peek.ts': text })).toEqual([
      'packages/lock/src/peek.ts:2: a signal ends a bare read: use readAgain, readFrom or bytesOfFile',
    ]);
  });

  it('refuses a second module that touches the state file', async () => {
    const text = 'export const [path, lock] = [RALPH_PATHS.state, RALPH_PATHS.stateLock];\n';
    expect(await broken({ 'packages/lock/src/peek.ts': text })).toEqual([
      'packages/lock/src/peek.ts:1: the state file is only touched by packages/state/src/store/state-store.ts',
    ]);
  });
});

describe('check-boundaries on tests', () => {
  it.each([
    ["vi.mock('node:fs');\n", 'replaces a module: use the real one'],
    ["it.only('x', () => {});\n", 'keeps the other tests from running'],
    ["it.skip('x', () => {});\n", 'leaves a test out without saying why in the line above'],
    ['await new Promise((done) => setTimeout(done, 5));\n', 'sleeps: wait for a condition (testing/wait-until)'],
  ])('refuses %j', async (text, message) => {
    expect(await broken({ 'packages/lock/test/x.test.ts': text })).toEqual([
      `packages/lock/test/x.test.ts:1: ${message}`,
    ]);
  });

  it('allows a test that is left out for a stated reason', async () => {
    expect(
      await broken({ 'packages/lock/test/x.test.ts': "// Only root may mount.\nit.skipIf(true)('x', () => {});\n" }),
    ).toEqual([]);
  });
});

describe('check-boundaries on the start of a program', () => {
  it('refuses zod on the static way, and names that way', async () => {
    const problems = await broken({
      'packages/lock/src/program.ts': "import { run } from './run.ts';\nexport const program = run;\n",
    });
    expect(problems).toEqual([
      'packages/lock/src/bin.ts:1: loads zod at start: packages/lock/src/bin.ts -> packages/lock/src/program.ts -> packages/lock/src/run.ts -> packages/protocol/src/contract/task.ts -> node_modules/zod/index.js',
    ]);
  });

  it('reports a program that cannot be bundled', async () => {
    expect(
      await broken({ 'packages/state/src/program.ts': "export const program = () => import('./gone.ts');\n" }),
    ).toEqual(['packages/state/src/program.ts:1: Could not resolve "./gone.ts"']);
  });
});
