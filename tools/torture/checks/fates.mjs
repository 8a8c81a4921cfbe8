// What became of each task, by git and the files alone.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { endsOf } from '../world/kinds.mjs';
import { readPlainJson } from './plain-json.mjs';

const STATE = '.ralph/cache/parallel/state.json';

/** Returns the records of the state file; none where there is no file, or none that can be read. */
export function recordsIn(world) {
  const path = join(world.root, STATE);
  try {
    return existsSync(path) ? (readPlainJson(readFileSync(path, 'utf8')).workers ?? []) : [];
  } catch {
    return [];
  }
}

/**
 * Returns the end of each task: landed is what the target branch of origin has, the rest is as it is recorded.
 *
 * @returns {Map<string, 'landed' | 'blocked' | 'failed' | 'waiting'>}
 */
export function fatesOf(world) {
  const files = new Set(world.gitOrigin('ls-tree', '--name-only', 'main', 'work/').split('\n'));
  const records = new Map(recordsIn(world).map((record) => [record.task_id, record.lifecycle]));
  return new Map(
    [...world.tasks.keys()].map((id) => {
      if (files.has(`work/${id}`)) return [id, 'landed'];
      const lifecycle = records.get(id);
      if (lifecycle === 'blocked_push') return [id, 'blocked'];
      return [id, lifecycle === 'failed' ? 'failed' : 'waiting'];
    }),
  );
}

/** Returns the tasks that have not ended as their kind allows. */
export function openTasks(world) {
  return [...fatesOf(world)]
    .filter(([id, fate]) => !endsOf(world.tasks.get(id)).includes(fate))
    .map(([id, fate]) => ({ id, fate }));
}

/** Returns the ids that stand in a queue or done file: that of the target branch where git carries it. */
export function idsIn(world, name) {
  const path = `.ralph/${name}.jsonc`;
  const text = world.tracked ? world.gitOrigin('show', `main:${path}`) : readFileSync(join(world.root, path), 'utf8');
  return readPlainJson(text).tasks.map(({ id }) => id);
}
