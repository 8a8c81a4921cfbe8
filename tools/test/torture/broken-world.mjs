// A world for the tests of the checks: nothing has run in it, and the tests do by hand what must be found out.
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { git } from '../../bench/measure/generated-repository.mjs';
import { foreignCommit } from '../../torture/faults/foreign-commit.mjs';
import { makeWorld } from '../../torture/world/make-world.mjs';

export const STATE = '.ralph/cache/parallel/state.json';

let template;

/** Returns a world whose queue git carries: a copy of one that is made once for a file of tests. */
export function freshWorld() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ralph-torture-test-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  cpSync(template.folder, folder, { recursive: true, verbatimSymlinks: true });
  const moved = (path) => path.replace(template.folder, folder);
  const [root, origin] = [moved(template.root), moved(template.origin)];
  return {
    ...template,
    folder,
    root,
    origin,
    workspaces: moved(template.workspaces),
    tasks: new Map(template.tasks),
    foreign: new Set(),
    deleted: [],
    ends: [],
    hung: [],
    failedWrites: 0,
    git: (...args) => git(root, ...args),
    gitOrigin: (...args) => git(origin, ...args),
  };
}

beforeAll(() => {
  template = trackedWorld();
});

afterAll(() => {
  rmSync(template.folder, { recursive: true, force: true, maxRetries: 5 });
});

function trackedWorld() {
  const signal = new AbortController().signal;
  for (let round = 1; ; round += 1) {
    const world = makeWorld({ seed: 1, round, signal });
    if (world.tracked) return world;
    rmSync(world.folder, { recursive: true, force: true });
  }
}

/** Returns the id of a task of a kind. */
export function taskOf(world, kind) {
  return [...world.tasks].find((task) => task[1] === kind)?.[0];
}

/** Writes below the user's clone. */
export function write(world, path, text) {
  mkdirSync(dirname(join(world.root, path)), { recursive: true });
  writeFileSync(join(world.root, path), text);
}

/** Puts a commit of ours on the target branch of origin. */
export function push(world, edit, message = 'work') {
  foreignCommit(world, message, edit);
  world.foreign.clear();
}

/** Lands a task as the programs do: its work, and its move to done. */
export function land(world, id, attempt = 1) {
  const line = new RegExp(`^.*"id":"${id.replaceAll('.', '\\.')}".*\n`, 'm');
  push(
    world,
    (read) => ({
      [`work/${id}`]: `${read(`work/${id}`) ?? ''}${id} by attempt ${attempt}\n`,
      '.ralph/queue.jsonc': read('.ralph/queue.jsonc').replace(line, ''),
      '.ralph/done.jsonc': read('.ralph/done.jsonc').replace('"tasks": [', `"tasks": [{"id":"${id}","title":"t"},`),
    }),
    `${id}: move to done`,
  );
}

/** Writes the state file with records; each is given as its first fields. */
export function record(world, records, more = {}) {
  const workers = records.map((fields) => ({ workspace_path: '/w', started_at: '', push_attempts: 0, ...fields }));
  const state = { schema_version: 3, started_at: '', target_branch: 'main', workers, ...more };
  write(world, STATE, JSON.stringify(state));
}

/** How a program has ended, in the list that a world keeps. */
export function endWith(fields) {
  return { words: 'ralph-x run', status: 0, signal: null, stdout: '', stderr: '', ...fields };
}

/** Returns the texts of findings without what is of this world only. */
export function texts(found) {
  return found.map(({ row, text }) => `${row}: ${text}`);
}
