// What becomes of second loops when all is quiet: each is run to its end, has landed its tasks once, and is removed.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findings } from './checks/findings.mjs';
import { callProgram, endOf, startRun } from './one-run.mjs';

/** A killed program of the loop may hold its lock for a moment. */
const RUNS = 3;

/** Ends the second loops of a world as its user would; returns what was wrong. */
export async function endSecondLoops(world) {
  const folder = join(world.root, '.worktrees');
  const there = existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : [];
  const wrong = [];
  for (const name of there) {
    const loop = world.loops.find((one) => one.name() === name);
    // Where git carries the queue, a task that is not in it cannot land: its agent works, and it fails.
    if (loop !== undefined && !world.tracked)
      wrong.push(...(await finish(world, { ...loop, cwd: join(folder, name), branch: `ralph/${name}` })));
    const { status, stderr } = await callProgram(world, 'ralph-worker', ['worktree', 'remove', name]);
    if (status !== 0)
      wrong.push(...findings('stuck', [`worktree remove ${name} ended with ${status}: ${stderr.trimEnd()}`]));
    if (existsSync(join(folder, name))) wrong.push(...findings('stuck', [`left: ${join(folder, name)}`]));
  }
  return wrong;
}

async function finish(world, { file, ids, cwd, branch }) {
  for (let turn = 0; turn < RUNS && open(world, branch, ids).length > 0; turn += 1) {
    await endOf(world, startRun(world, { args: ['--tasks', file], cwd }));
  }
  const lost = findings(
    'lost',
    open(world, branch, ids).map((id) => `${id} has not landed on ${branch}`),
  );
  const twice = ids.filter((id) => landings(world, branch, id) > 1).map((id) => `${id} landed twice on ${branch}`);
  return [...lost, ...findings('landed twice', twice)];
}

function open(world, branch, ids) {
  return ids.filter((id) => landings(world, branch, id) === 0);
}

function landings(world, branch, id) {
  const commits = world.gitOrigin('log', '--diff-filter=A', '--format=%h', `refs/heads/${branch}`, '--', `work/${id}`);
  return commits.split('\n').filter(Boolean).length;
}
