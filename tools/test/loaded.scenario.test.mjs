import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { makeSampleRepository } from '../sample-repository.mjs';
import { temporaryTree } from './temporary-tree.mjs';

const house = fileURLToPath(new URL('../..', import.meta.url));

/** Returns which scripts of a built program a command opens, and which modules of Node it loads. */
function loaded(program, ...args) {
  const folder = temporaryTree({});
  makeSampleRepository(folder);
  const start = join(house, 'packages', program, 'dist/start.cjs');
  const code = `process.argv.splice(1, 0, 'program');
    const { scripts } = require(${JSON.stringify(start)});
    process.on('exit', () => {
      const modules = process.moduleLoadList.map((name) => name.replace('NativeModule ', ''));
      require('node:fs').writeFileSync('loaded', JSON.stringify({ scripts: [...scripts.keys()], modules }));
    });`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', code, ...args], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`ralph-${program} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return JSON.parse(readFileSync(join(folder, 'loaded'), 'utf8'));
}

describe('what is started most', () => {
  it('loads neither zod nor execa nor any other package to run a command under a lock', () => {
    expect(loaded('lock', 'run', '--', 'true').scripts).toEqual(['program']);
  });

  it.each([
    ['lock', 'status'],
    ['state', 'list'],
    ['state', 'get', 'RQ-0001'],
    ['state', 'status'],
  ])('loads no package, and nothing of Node that starts processes, for %s %s', (...words) => {
    const { scripts, modules } = loaded(...words);
    expect(scripts).toEqual(['program']);
    expect(modules.filter((name) => ['child_process', 'crypto', 'perf_hooks'].includes(name))).toEqual([]);
  });
});
