import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { describe, expect, it } from 'vitest';
import { buildAside } from '../build-aside.mjs';
import { PROGRAMS } from '../bundle-options.mjs';
import { temporaryTree } from './temporary-tree.mjs';

const house = fileURLToPath(new URL('../..', import.meta.url));

/** Builds a program that says a word, from a chunk of its own, and returns its folder. */
async function built(word, name = 'lock') {
  const root = temporaryTree({
    [`packages/${name}/src/bin.ts`]: "void import('./late.ts').then(({ say }) => say());\n",
    [`packages/${name}/src/late.ts`]: `export const say = () => console.log(${JSON.stringify(word)}, import.meta.url);\n`,
  });
  expect(await buildAside(esbuild, `${root}/`, name)).toBeUndefined();
  return join(root, 'packages', name);
}

function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** What the build leaves of a program of lock that has no packages. */
const LEFT = ['program.cache', 'program.help.cache', 'program.js', 'program.long.cache', 'program.status.cache'];
LEFT.push('program.version.cache', 'start.cjs');

const start = (folder, ...args) => run(join(folder, 'dist/start.cjs'), ...args);

/** What a program says that was built in a folder. */
const said = (word, folder) => ({ status: 0, stdout: `${word} file://${folder}/dist/program.js\n`, stderr: '' });

/** Tells for each script whether V8 took its cache, refused it, or was given none. */
function cacheUse(folder, ...args) {
  const code = `process.argv.splice(1, 0, 'program');
    const { scripts } = require(${JSON.stringify(join(folder, 'dist/start.cjs'))});
    const use = ({ script }) => ({ false: 'taken', true: 'refused' })[script.cachedDataRejected] ?? 'none';
    process.on('exit', () => console.log([...scripts.values()].map(use).join(' ')));`;
  return run('-e', code, ...args)
    .stdout.split('\n')
    .at(-2);
}

describe('build', () => {
  it('leaves the new program and nothing of the old one', async () => {
    const folder = await built('hello');
    writeFileSync(join(folder, 'dist/chunk-OLD.js'), '');
    expect(await buildAside(esbuild, `${join(folder, '../..')}/`, 'lock')).toBeUndefined();
    expect(readdirSync(folder).toSorted()).toEqual(['dist', 'src']);
    expect(readdirSync(join(folder, 'dist')).toSorted()).toEqual(LEFT);
    expect(start(folder)).toEqual(said('hello', folder));
    expect(cacheUse(folder)).toBe('taken');
  });

  it('goes on without a code cache where the program cannot be run', async () => {
    const root = temporaryTree({ 'packages/lock/src/bin.ts': "process.kill(process.pid, 'SIGKILL');\n" });
    expect(await buildAside(esbuild, `${root}/`, 'lock')).toBe('its run ended by SIGKILL');
    expect(readdirSync(join(root, 'packages/lock/dist')).toSorted()).toEqual(['program.js', 'start.cjs']);
  });
});

describe('a built program', () => {
  it('has the packages that it loads late in a script of their own, with a cache of its own', async () => {
    const root = temporaryTree({
      'packages/lock/src/bin.ts': "void import('word').then(({ word }) => console.log(word));\n",
      'packages/lock/node_modules/word/package.json': '{ "main": "index.mjs" }',
      'packages/lock/node_modules/word/index.mjs': `export const word = ${JSON.stringify('x'.repeat(999))};\n`,
    });
    expect(await buildAside(esbuild, `${root}/`, 'lock')).toBeUndefined();
    const folder = join(root, 'packages/lock');
    const packages = ['packages.cache', 'packages.js', 'packages.long.cache'];
    expect(readdirSync(join(folder, 'dist')).toSorted()).toEqual([...packages, ...LEFT]);
    expect([start(folder).stdout, cacheUse(folder)]).toEqual([`${'x'.repeat(999)}\n`, 'taken taken']);
  });

  it('has caches of their own for those that live long, and keeps the heap of these small', async () => {
    const folder = await built('hello', 'worker');
    const heap =
      "require('node:v8').getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size";
    writeFileSync(
      join(folder, 'busy.cjs'),
      `require('./dist/start.cjs'); const kept = [];
      for (let i = 0; i < 3e5; i++) kept[i % 2e4] = { i };
      process.stdout.write(${heap} + '\\n');`,
    );
    const newSpace = (...args) => Number(run(join(folder, 'busy.cjs'), ...args).stdout.split('\n')[0]);
    expect([['run'], ['hold', '--leash']].map((args) => cacheUse(folder, ...args))).toEqual(['taken', 'taken']);
    expect(newSpace('run')).toBeLessThan(newSpace('list'));
    rmSync(join(folder, 'dist/program.long.cache'));
    expect([cacheUse(folder, 'run'), cacheUse(folder, 'list')]).toEqual(['none', 'taken']);
  });

  it('has a cache of its own for what is started most, and does with that of all others where it is missing', async () => {
    const folder = await built('hello');
    const dist = join(folder, 'dist');
    rmSync(join(dist, 'program.cache'));
    const uses = () => [['status'], ['list'], ['status', '--check'], ['hold']].map((args) => cacheUse(folder, ...args));
    expect(uses()).toEqual(['taken', 'none', 'none', 'none']);
    copyFileSync(join(dist, 'program.status.cache'), join(dist, 'program.cache'));
    rmSync(join(dist, 'program.status.cache'));
    expect(uses()).toEqual(['taken', 'taken', 'taken', 'taken']);
  });

  it('loads a module of Node when it is used, and not before', async () => {
    const root = temporaryTree({
      'packages/lock/src/bin.ts': `import { execFileSync } from 'node:child_process';
        import { hostname } from 'node:os';
        const isLoaded = () => process.moduleLoadList.includes('NativeModule child_process');
        const before = isLoaded();
        if (process.argv[2] === 'hold') execFileSync('true', { env: { HOST: hostname() } });
        console.log(String(before), String(isLoaded()));\n`,
    });
    expect(await buildAside(esbuild, `${root}/`, 'lock')).toBeUndefined();
    const folder = join(root, 'packages/lock');
    expect([start(folder, 'status').stdout, start(folder, 'hold').stdout]).toEqual(['false false\n', 'false true\n']);
  });

  it('makes objects of the classes of such a module', async () => {
    const root = temporaryTree({
      'packages/lock/src/bin.ts': `import { StringDecoder } from 'node:string_decoder';
        console.log(new StringDecoder('utf8').end(Buffer.from('whole')));\n`,
    });
    expect(await buildAside(esbuild, `${root}/`, 'lock')).toBeUndefined();
    expect(start(join(root, 'packages/lock')).stdout).toBe('whole\n');
  });

  const damages = {
    missing: (file) => rmSync(file),
    empty: (file) => writeFileSync(file, ''),
    garbage: (file) => writeFileSync(file, 'garbage'.repeat(999)),
    'cut off': (file) => writeFileSync(file, readFileSync(file).subarray(0, -8)),
    'one byte short': (file) => writeFileSync(file, readFileSync(file).subarray(0, -1)),
    unreadable: (file) => {
      rmSync(file);
      mkdirSync(file);
    },
    'of another Node': (file) => {
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.fill('v0', bytes.indexOf(process.version), bytes.indexOf(process.version) + 2));
    },
    // All of it that V8 does not look at before it uses it.
    'damaged in one place': (file) => {
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.fill(0xa5, 128 + 32, bytes.length / 2));
    },
  };

  it.each(Object.entries(damages))('works with a code cache that is %s', async (_, damage) => {
    const folder = await built('hello');
    damage(join(folder, 'dist/program.cache'));
    expect(start(folder)).toEqual(said('hello', folder));
    expect(cacheUse(folder)).toBe('none');
  });

  it('does not take the code cache of another program of the same length', async () => {
    const [folder, other] = [await built('hello'), await built('world')];
    const lengths = [folder, other].map((one) => readFileSync(join(one, 'dist/program.js')).length);
    expect(lengths[0]).toBe(lengths[1]);
    copyFileSync(join(other, 'dist/program.cache'), join(folder, 'dist/program.cache'));
    expect(start(folder)).toEqual(said('hello', folder));
  });
});

describe('a launcher', () => {
  it.each(PROGRAMS)('of ralph-%s names the next command where nothing was built', (name) => {
    const launcher = `packages/${name}/bin/ralph-${name}.cjs`;
    const root = temporaryTree({ [launcher]: readFileSync(join(house, launcher), 'utf8') });
    expect(run(join(root, launcher))).toEqual({
      status: 70,
      stdout: '',
      stderr: `ralph-${name}: not built\n  next: npm run build\n`,
    });
  });
});
