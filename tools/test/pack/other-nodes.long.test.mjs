import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROGRAMS } from '../../bundle-options.mjs';
import { makePacks } from '../../pack/make-packs.mjs';
import { CLOSED, freshEnvironment, oneTaskRepository, root, runOneTask, scratchFolder, seen } from './installed.mjs';

const NAMES = PROGRAMS.map((name) => `ralph-${name}`);
const { folder, remove } = scratchFolder();
let packs;

/** A Node has a hundred megabytes to fetch. */
const HOOK_MS = 600_000;

beforeAll(async () => {
  packs = (await makePacks(root, PROGRAMS, join(folder, 'packs'))).map(({ path }) => path);
});
afterAll(remove);

/** Has npm fetch a Node; returns its folder, or why there is none: the registry may be out of reach, which is not to take minutes. */
function fetched(major) {
  const place = join(folder, `node ${major}`);
  mkdirSync(place);
  const { status, stderr } = seen('npm', ['install', '--prefix', place, '--no-audit', '--no-fund', `node@${major}`], {
    cwd: place,
    env: {
      ...process.env,
      npm_config_fetch_retries: '0',
      npm_config_fetch_timeout: '60000',
      npm_config_loglevel: 'error',
    },
  });
  const bin = join(place, 'node_modules/node/bin');
  if (status !== 0) return { missing: `npm cannot fetch node@${major}: ${stderr.trim().split('\n')[0]}` };
  const { stdout } = seen(join(bin, 'node'), ['--version'], { cwd: place });
  return stdout.startsWith(`v${major}.`) ? { bin } : { missing: `npm brought ${stdout.trim()} for node@${major}` };
}

/** As `seen`, without holding up whoever runs these tests. */
function ended(command, args, options) {
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) => resolve({ status: error?.code ?? 0, stdout, stderr }));
  });
}

/** Runs the tests of one package, but for its longest, with the programs of a prefix, under the Node of a folder; returns what vitest says of each. */
async function testsOf(name, prefix, bin) {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const left = ['fuzz/**', 'storm.*', 'interoperability.*'].flatMap((files) => ['--exclude', `**/${files}`]);
  const config = ['--config', '../../tools/vitest.config.mjs', '--root', '.', '--mode', 'bin', ...left];
  // A file of results would take the place of the one of the regular tests.
  const { status, stdout, stderr } = await ended(join(bin, 'node'), [vitest, 'run', ...config, '--reporter=tap-flat'], {
    cwd: join(root, 'packages', name),
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, RALPH_TEST_PROGRAMS: join(prefix, 'lib/node_modules') },
    maxBuffer: 2 ** 28,
  });
  const failed = stdout.split(/^(?=(?:not )?ok )/m).filter((part) => part.startsWith('not ok '));
  const passed = stdout.match(/^ok (?!.*# SKIP)/gm) ?? [];
  return { failed: status === 0 ? failed : [`vitest ended with ${status}`, ...failed, stderr], passed: passed.length };
}

describe.each([22, 24, 26])('the packs on Node %d', (major) => {
  const prefix = join(folder, `prefix of ${major}`);
  let node;

  beforeAll(() => {
    node = fetched(major);
    if (node.missing !== undefined) return;
    const env = { ...freshEnvironment(join(folder, `home of ${major}`), node.bin), ...CLOSED };
    seen('npm', ['install', '--global', '--prefix', prefix, ...packs], { cwd: folder, env });
  }, HOOK_MS);

  const fresh = () => freshEnvironment(join(folder, `home of ${major}`), node.bin);

  it('are installed and start', (context) => {
    if (node.missing !== undefined) context.skip(node.missing);
    const said = NAMES.map((name) => seen(join(prefix, 'bin', name), ['--version'], { cwd: '/', env: fresh() }));
    expect(said.map(({ status, stdout, stderr }) => `${status} ${stdout.split(' ')[0]}${stderr}`)).toEqual(
      NAMES.map((name) => `0 ${name}`),
    );
  });

  it('land a task', (context) => {
    if (node.missing !== undefined) context.skip(node.missing);
    const repo = oneTaskRepository(mkdtempSync(join(folder, 'work ')), fresh());
    const run = runOneTask(join(prefix, 'bin/ralph-orchestrate'), repo, '/', fresh());
    expect(run).toMatchObject({ status: 0, landed: ['.gitignore', 'made'] });
    expect(run.stderr).not.toMatch(/Warning/);
  });

  it('show the demo', (context) => {
    if (node.missing !== undefined) context.skip(node.missing);
    const env = { ...fresh(), TMPDIR: mkdtempSync(join(folder, 'demo ')) };
    expect(seen(join(prefix, 'bin/ralph-orchestrate'), ['demo'], { cwd: '/', env })).toMatchObject({ status: 0 });
  });

  it.each(['lock', 'state', 'orchestrate'])('pass the tests of built programs: %s', async (name, context) => {
    if (node.missing !== undefined) context.skip(node.missing);
    const { passed, failed } = await testsOf(name, prefix, node.bin);
    console.log(`Node ${major}, ${name}: ${passed} passed`);
    expect(failed).toEqual([]);
    expect(passed).toBeGreaterThan(0);
  });
});
