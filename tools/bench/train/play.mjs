// One policy lands all candidates of a round; what that took, and the proof that nothing went wrong.
import { readFileSync } from 'node:fs';
import { faultsOf } from './judge.mjs';
import { ralphIntegrate } from './ours.mjs';
import { independentLoops, serialQueue } from './peers.mjs';
import { Site } from './site.mjs';

const MS_PER_TICK = 10;

/** @type {Record<string, { name: string, land: Function }>} */
export const POLICIES = {
  loops: { name: "the reference's loops", land: independentLoops },
  queue: { name: 'a serial queue', land: serialQueue },
  auto: { name: 'ralph-integrate', land: ralphIntegrate('auto') },
  train: { name: 'ralph-integrate, train', land: ralphIntegrate('train') },
  batch: { name: 'ralph-integrate, batch', land: ralphIntegrate('batch') },
  serial: { name: 'ralph-integrate, serial', land: ralphIntegrate('serial') },
};

/**
 * @typedef {object} Played
 * @property {number} wall seconds until the last candidate has landed or is told as blocked
 * @property {number} ciRuns
 * @property {number} landed
 * @property {number} children milliseconds on the processor of all that was started and is not ours: git, shells, gates
 * @property {number} [own] milliseconds of the wall in which neither gate nor git ran; of ours alone, as the next ones
 * @property {number} [cpu] milliseconds on the processor
 * @property {Record<string, number>} [gitCalls]
 * @property {{ type: string, task_id?: string, at: number }[]} [marks] what it said when, in milliseconds since 1970
 * @property {number} [began]
 */

/**
 * Has a policy land the candidates of a site, as if nobody had done so before.
 *
 * @param {Site} site
 * @param {import('./schedule.mjs').Planned[]} round
 * @param {keyof typeof POLICIES} policy
 * @param {{ ci?: string, seconds: number, places: number, keepsWorkspaces?: boolean }} how the gate is, and how many at a
 *   time; ours may leave the workspaces where only the gate runs count
 * @returns {Promise<Played>}
 * @throws Error when the target was red, or work was lost, or something was told that is not so
 */
export async function played(site, round, policy, { ci = 'wait', seconds, places, keepsWorkspaces }) {
  const gate = site.gate(ci, seconds);
  site.restore();
  const before = childrenTime();
  const begin = performance.now();
  const end = await POLICIES[policy].land(site, { gate, places, keepsWorkspaces });
  const wall = end.wall ?? performance.now() - begin;
  const children = childrenTime() - before - (end.cpu ?? 0);
  const faults = faultsOf(round, { ...end, ...site.outcome() });
  if (faults.length > 0) throw new Error(`${POLICIES[policy].name}: ${faults.join('; ')}`);
  const { own, cpu, gitCalls, marks, begin: began } = end;
  return {
    wall: wall / 1000,
    ciRuns: site.gateRuns().runs,
    landed: end.landed.length,
    children,
    own,
    cpu,
    gitCalls,
    marks,
    began,
  };
}

/** Makes a site for the candidates of a round, hands it over, and removes it. */
export async function onSite(round, use) {
  const site = await Site.of(round);
  try {
    return await use(site);
  } finally {
    site.remove();
  }
}

/** Returns milliseconds by the kernel's account of this process: of children that have ended, and theirs. */
function childrenTime() {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * MS_PER_TICK;
}
