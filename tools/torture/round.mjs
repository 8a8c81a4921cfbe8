// One round: a world, disturbed runs, quiet runs until all has landed that can, and then the checks.
import { rmSync } from 'node:fs';
import { deal } from './deal.mjs';
import { disturbedRun } from './disturbed-run.mjs';
import { keepEvidence } from './evidence.mjs';
import { fatesOf, openTasks } from './checks/fates.mjs';
import { findings } from './checks/findings.mjs';
import { landedInPart, landedTwice, runAtOnce, unfinished, wrongBooks } from './checks/landings.mjs';
import { lostWork } from './checks/kept-work.mjs';
import { leftFiles, orphans, strayPlaces } from './checks/remains.mjs';
import { brokenRepositories, tornFiles } from './checks/torn.mjs';
import { badEnds, wrongStatus } from './checks/ends.mjs';
import { redTips, secretsOut, wrongRecords } from './checks/truth.mjs';
import { touched } from './checks/user-things.mjs';
import { ControlGroups } from './look/control-groups.mjs';
import { membersOf, send } from './look/processes.mjs';
import { callProgram, endOf, startRun } from './one-run.mjs';
import { endSecondLoops } from './second-loops.mjs';
import { temporaryFolder } from './temporary.mjs';
import { pause } from './wait.mjs';
import { makeWorld } from './world/make-world.mjs';

/** So many quiet runs must do: what failed or was blocked because of a fault is taken up by each, or asked for again. */
const QUIET_RUNS = 4;

/** A run that was killed may hold the lock for a moment: its siblings are ending. */
const BUSY = 75;
const BUSY_TRIES = 20;
const BUSY_MS = 1000;

/** So long at most a signal that others have seen is on its way to us. */
const SIGNAL_MS = 100;

/** How a run may end that nobody disturbs: well, or some or all failed or blocked. */
const ORDERLY = new Set([0, 1, 2, 3]);

/**
 * Plays one round.
 *
 * @param {{ seed: number, round: number, faults: readonly import('./faults/list.mjs').Fault[], signal: AbortSignal, keep: boolean, evidence: string }} how
 *   `evidence`: the folder that a bad round is kept in
 */
export async function playRound({ round, signal, ...how }) {
  const folder = temporaryFolder('torture');
  const groups = new ControlGroups(folder);
  try {
    const played = await playedIn(folder, groups, { round, signal, ...how });
    return { round, ...played };
  } catch (error) {
    if (await isEnding(signal)) return { round, isWhole: false };
    throw error;
  } finally {
    for (const { pid } of membersOf(folder)) send(pid, 'SIGKILL');
    groups.left();
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

async function playedIn(folder, groups, { seed, round, faults, signal, keep, evidence }) {
  const world = makeWorld({ seed, round, signal, folder });
  const runs = [];
  const wrong = [];
  try {
    const hands = deal(seed, round, faults);
    for (const [index, hand] of hands.entries()) {
      if (signal.aborted) break;
      const share = String(Math.ceil(world.tasks.size / (hands.length + 1)));
      runs.push(await disturbedRun(world, hand, { seed, round, index }, ['--max-tasks', share]));
    }
    wrong.push(...(await quietRuns(world, runs)));
    if (!signal.aborted) wrong.push(...(await endSecondLoops(world)));
    if (!signal.aborted) wrong.push(...(await checked(world, groups)));
  } catch (error) {
    wrong.push(...findings('stuck', [`the round could not be played to its end: ${error.stack}`]));
  }
  if (await isEnding(signal)) return { isWhole: false };
  for (const { pid } of membersOf(folder)) send(pid, 'SIGKILL');
  const fates = fatesIfAny(world);
  const kept = keep || wrong.length > 0 ? keepEvidence(world, evidence, { runs, wrong }) : undefined;
  return { wrong, fates, kept, isWhole: true, runs: runs.length, hits: runs.flatMap((run) => run.hits) };
}

/** Ctrl-C ends a git of ours as well, and that is seen before the signal. */
async function isEnding(signal) {
  await pause(SIGNAL_MS, signal);
  return signal.aborted;
}

/** Goes on until nothing is open any more; whatever is blocked against its kind is asked for again, as a person would. */
async function quietRuns(world, runs) {
  const wrong = [];
  for (let turn = 0; turn < QUIET_RUNS && !world.signal.aborted; turn += 1) {
    const blocked = openTasks(world)
      .filter(({ fate }) => fate === 'blocked')
      .map(({ id }) => id);
    if (blocked.length > 0) {
      const { status, stderr } = await callProgram(world, 'ralph-orchestrate', [
        'retry',
        ...blocked,
        ...(turn > 1 ? ['--fresh'] : []),
      ]);
      if (status !== 0)
        wrong.push(...findings('stuck', [`retry ${blocked.join(' ')} ended with ${status}: ${tailOf(stderr)}`]));
    }
    const before = fatesOf(world);
    const end = await quietRun(world);
    runs.push({ ...end, hits: [] });
    wrong.push(...wrongStatus(world, end, before));
    if (!ORDERLY.has(end.status) && !world.signal.aborted) {
      wrong.push(
        ...findings('stuck', [`quiet run ${turn + 1} ended with ${end.status ?? end.signal}: ${tailOf(end.stderr)}`]),
      );
    }
    if (openTasks(world).length === 0) break;
  }
  return wrong;
}

async function quietRun(world) {
  for (let left = BUSY_TRIES; ; left -= 1) {
    const end = await endOf(world, startRun(world));
    if (end.status !== BUSY || left === 0 || world.signal.aborted) return end;
    await pause(BUSY_MS, world.signal);
  }
}

/** Of all that is looked at in the end, but for what lives. */
const CHECKS = [
  unfinished,
  landedTwice,
  runAtOnce,
  landedInPart,
  lostWork,
  wrongBooks,
  wrongRecords,
  badEnds,
  redTips,
  secretsOut,
  strayPlaces,
  leftFiles,
  tornFiles,
  brokenRepositories,
  touched,
];

async function checked(world, groups) {
  return [...(await orphans(world, groups)), ...CHECKS.flatMap((check) => foundBy(check, world))];
}

function fatesIfAny(world) {
  try {
    return [...fatesOf(world).values()];
  } catch {
    return [];
  }
}

/** What cannot be looked at is as bad as what was found, and says nothing about the rest. */
function foundBy(check, world) {
  try {
    return check(world);
  } catch (error) {
    return findings('torn files', [`${check.name} could not be done: ${error.stack}`]);
  }
}

function tailOf(stderr) {
  return stderr.trimEnd().split('\n').slice(-3).join(' | ');
}
