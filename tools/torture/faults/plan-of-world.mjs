// All faults of one world that go below the programs share one plan, since a process can be given one library only.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { makePlan } from '../preload/plan.mjs';

const plans = new WeakMap();

/**
 * Returns the plan of a world, which lies in its folder and goes with it, and a number of a rule that nobody else has.
 *
 * @param {import("../world/make-world.mjs").World} world
 */
export function ruleOf(world) {
  let entry = plans.get(world);
  if (entry === undefined) {
    entry = { plan: makePlan(mkdtempSync(join(world.folder, 'plan-'))), taken: new Set() };
    plans.set(world, entry);
  }
  const { plan, taken } = entry;
  let index = 0;
  while (taken.has(index)) index += 1;
  taken.add(index);
  return { plan, index, free: () => taken.delete(index) };
}
