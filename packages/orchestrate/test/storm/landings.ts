import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordsOnDisk, type RecordOnDisk } from '../support/state.ts';
import { MAY_BLOCK } from './scripts.ts';
import type { World } from './world.ts';

/** What git shows of a task; one that waits cannot land before one that is blocked has. */
export type Fate = 'landed' | 'blocked' | 'waiting' | 'open';

/** Returns the ids that stand in a queue or done file: that of the target branch where git tracks it. */
export function idsIn(world: World, name: 'queue' | 'done'): string[] {
  const path = `.ralph/${name}.jsonc`;
  const local = join(world.root, path);
  const text = world.tracked ? world.gitOrigin('show', `main:${path}`) : readFileSync(local, 'utf8');
  return [...text.matchAll(/"id": ?"([^"]*)"/g)].map(([, id]) => String(id)).toSorted();
}

/** Returns what became of each task, by the target branch of origin and the state file. */
export function fates(world: World): Map<string, Fate> {
  const files = new Set(world.gitOrigin('ls-tree', '-r', '--name-only', 'main').split('\n'));
  const records = recordsOf(world);
  const blocked = new Set(records.filter(({ lifecycle }) => lifecycle === 'blocked_push').map((one) => one.task_id));
  const own = (id: string): Fate => (files.has(`work/${id}`) ? 'landed' : blocked.has(id) ? 'blocked' : 'open');
  return new Map(
    [...world.kinds].map(([id, kind]) => {
      const fate = own(id);
      return [id, kind === 'dependent' && fate === 'open' && own(world.needed) === 'blocked' ? 'waiting' : fate];
    }),
  );
}

/** None where no run has come so far. */
function recordsOf({ root }: World): RecordOnDisk[] {
  return existsSync(join(root, '.ralph/cache/parallel/state.json')) ? recordsOnDisk(root) : [];
}

/** Returns what is wrong with what has landed: not once, not whole, not green, not in the books, not in the state file. */
export function wrongLandings(world: World, isToolKilled: boolean): string[] {
  const known = fates(world);
  const show = (path: string) => world.gitOrigin('show', `main:${path}`);
  const shared = show('shared.txt').split('\n');
  const subjects = world.gitOrigin('log', '--format=%H %B%x01', 'main').split('\x01');
  const [queue, done] = [idsIn(world, 'queue'), idsIn(world, 'done')];
  const records = recordsOf(world);
  const perTask = [...world.kinds].flatMap(([id, kind]) => {
    const fate = known.get(id);
    const record = records.find((one) => one.task_id === id);
    const isShared = kind === 'shared' || kind === 'stubborn';
    const inShared = shared.filter((line) => line === id).length;
    const wrong: string[] = [];
    if (fate === 'open') wrong.push(`is neither landed nor blocked (${record?.lifecycle}, ${record?.last_error})`);
    if (fate === 'blocked' && !MAY_BLOCK.has(kind) && !isToolKilled) wrong.push(`is blocked: ${record?.last_error}`);
    if (queue.includes(id) !== (fate !== 'landed')) wrong.push(`${fate}, but queue holds ${queue.join(' ')}`);
    if (done.filter((one) => one === id).length !== (fate === 'landed' ? 1 : 0))
      wrong.push(`${fate}, but done holds ${done.join(' ')}`);
    if (fate === 'landed') {
      const lines = show(`work/${id}`)
        .split('\n')
        .filter((line) => line.includes('by attempt'));
      if (lines.length !== 1) wrong.push(`landed as ${lines.join(', ')}`);
      if (record?.lifecycle !== 'completed') wrong.push(`landed, but its record says ${record?.lifecycle}`);
      if (kind === 'committing' && show(`work/${id}.more`) !== id) wrong.push('landed in part');
      const moves = subjects.filter((text) => text.includes(`${id}: move to done`)).length;
      if (moves !== (world.tracked ? 1 : 0)) wrong.push(`moved to done ${moves} times`);
    }
    if (isShared && inShared !== (fate === 'landed' ? 1 : 0))
      wrong.push(`${fate}, but ${inShared} times in shared.txt`);
    return wrong.map((what) => `${id} (${kind}) ${what}`);
  });
  return [...perTask, ...redTips(world), ...pushedElsewhere(world, records)];
}

/** Every tip that origin ever had must have passed the gate. */
function redTips({ folder, origin, gitOrigin }: World): string[] {
  const path = join(folder, 'green');
  const green = new Set(existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []);
  const log = readFileSync(join(origin, 'logs/refs/heads/main'), 'utf8').trimEnd().split('\n').slice(1);
  const tips = log.map((line) => line.split(' ')[1] ?? '');
  return tips
    .filter((tip) => !green.has(gitOrigin('rev-parse', `${tip}^{tree}`)))
    .map((tip) => `${tip} was pushed without a green gate`);
}

function pushedElsewhere({ gitOrigin }: World, records: ReturnType<typeof recordsOnDisk>): string[] {
  const present = new Set(gitOrigin('rev-list', 'main').split('\n'));
  return records
    .filter(({ pushed_commit: commit }) => commit !== undefined && !present.has(commit))
    .map(({ task_id: id, pushed_commit: commit }) => `${id} is recorded with ${commit}, which is not on main`);
}
