// A repository with an origin for the tests of what lies below the programs, and how a program is run in it.
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { git, plainEnvironment } from '../../bench/measure/generated-repository.mjs';
import { membersOf, wordsOf } from '../../torture/look/processes.mjs';
import { programWords } from '../../torture/one-run.mjs';
import { makePlan } from '../../torture/preload/plan.mjs';

/** A run that takes longer than this hangs; none takes a tenth of it. */
const PATIENCE_MS = 120_000;

const AGENT = 'cat >/dev/null; echo work > work.txt; git add work.txt; git commit -q -m work';

/** Returns a folder that is gone when the test ends. */
export function temporaryFolder() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ralph-below-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  return folder;
}

/** Makes a repository with one task in its queue and an agent that commits one file. */
export function makeSite({ agent = AGENT, tasks = ['RQ-1'], url } = {}) {
  const outer = temporaryFolder();
  const folder = join(outer, 'site');
  const [root, origin, bin] = ['repo', 'origin.git', 'bin'].map((name) => join(folder, name));
  for (const path of [bin, join(folder, 'tmp'), join(outer, 'plan')]) mkdirSync(path, { recursive: true });
  git(folder, 'init', '-q', '--bare', '-b', 'main', origin);
  git(folder, 'clone', '-q', origin, root);
  for (const [name, value] of [
    ['user.name', 'Test'],
    ['user.email', 'test@example.invalid'],
    ...(url === undefined ? [] : [['remote.origin.url', url(origin)]]),
  ])
    git(root, 'config', name, value);
  git(root, 'symbolic-ref', 'HEAD', 'refs/heads/main');
  mkdirSync(join(root, '.ralph'));
  writeFileSync(join(root, '.gitignore'), '.ralph/\n');
  git(root, 'add', '.gitignore');
  git(root, 'commit', '-q', '-m', 'start');
  git(root, 'push', '-q', origin, 'main');
  git(root, 'fetch', '-q', origin, 'main:refs/remotes/origin/main');
  git(root, 'branch', '-q', '-u', 'origin/main');
  const at = '2026-01-01T00:00:00Z';
  const queue = tasks.map((id) => ({ id, status: 'todo', title: `Task ${id}`, created_at: at, updated_at: at }));
  writeFileSync(join(root, '.ralph', 'queue.jsonc'), JSON.stringify({ version: 1, tasks: queue }));
  writeFileSync(join(bin, 'agent'), `#!/bin/sh\n${agent}\n`, { mode: 0o755 });
  const env = { ...plainEnvironment(), TMPDIR: join(folder, 'tmp') };
  return {
    folder,
    root,
    origin,
    env,
    agent: join(bin, 'agent'),
    plan: () => makePlan(join(outer, 'plan')),
    run: (name, args, options) => runProgram({ root, env }, name, args, options),
    git: (...args) => git(root, ...args),
    gitOrigin: (...args) => git(origin, ...args),
    /** Keeps everything as it is now; the function brings it back. */
    keep: () => {
      copy(folder, `${folder}.kept`);
      return () => {
        rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
        copy(`${folder}.kept`, folder);
      };
    },
    landed: () =>
      git(origin, 'log', '--format=%s', 'main')
        .split('\n')
        .filter((subject) => subject === 'work').length,
    members: () => membersOf(folder),
    living: () => membersOf(folder).map(wordsOf),
    read: (path) => readFileSync(join(root, '.ralph', path), 'utf8'),
    files: () => filesBelow(join(root, '.ralph')),
  };
}

function copy(from, to) {
  const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** Runs a program to its end. */
function runProgram({ root, env }, name, args, { input = '', more = {} } = {}) {
  const [node, script] = programWords(name);
  const child = spawn(node, [script, ...args], { cwd: root, env: { ...env, ...more }, detached: true });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const limit = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  return new Promise((resolve) => {
    child.on('close', (status, signal) => {
      clearTimeout(limit);
      resolve({ status, signal, stdout, stderr });
    });
  });
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
}
