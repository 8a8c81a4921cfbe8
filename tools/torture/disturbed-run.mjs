// One run with faults: each is armed before, strikes at moments of chance, and is healed after.
import { chance } from './chance.mjs';
import { comes, momentsOf } from './moments.mjs';
import { endOf, startRun } from './one-run.mjs';

/** Faults by which a write of a line may fail in its middle, and how often in one run. */
const CUTS = new Set(['EIO', 'ENOSPC', 'full disk']);
const MOST_CUTS = 4;

/**
 * @param {readonly import('./faults/list.mjs').Fault[]} faults
 * @param {{ seed: number, round: number, index: number }} place   by which chance is drawn
 * @param {readonly string[]} args
 * @returns what the run said at its end, with `hits`: how often each fault has done something
 */
export async function disturbedRun(world, faults, { seed, round, index }, args) {
  const strokes = [];
  for (const [number, fault] of faults.entries()) {
    const dice = chance(seed, round, index + 1, number);
    strokes.push({ fault, moments: momentsOf(dice), armed: await fault.arm(world, dice) });
  }
  const env = Object.assign({}, ...strokes.map(({ armed }) => armed.env ?? {}));
  const run = startRun(world, { args: [...args, ...strokes.flatMap(({ armed }) => armed.args ?? [])], env });
  const [end] = await Promise.all([endOf(world, run), ...strokes.map((stroke) => strikes(world, run, stroke))]);
  for (const { armed } of strokes) await armed.disarm();
  const hits = strokes.map(({ fault, armed }) => ({ name: fault.name, kind: fault.kind, count: armed.hits() }));
  for (const { name, count } of hits) if (CUTS.has(name)) world.failedWrites += Math.min(count, MOST_CUTS);
  return { ...end, hits };
}

async function strikes(world, run, { moments, armed }) {
  if (armed.strike === undefined) return;
  for (const moment of moments) {
    if (!(await comes(moment, run, world.signal))) return;
    await armed.strike(run);
  }
}
