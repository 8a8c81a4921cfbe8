// Signals to our programs, to what they run, and to their watchers.
import { between, pick, shuffled } from '../chance.mjs';
import { membersOf, send } from '../look/processes.mjs';
import { comesTrue, pause } from '../wait.mjs';
import { striking } from './striking.mjs';

/** Longer than the grace of an agent, the patience of a lock and the idle time of the worlds. */
const LONGEST_STOP_MS = 7000;
const SHORTEST_STOP_MS = 50;

/** Agents and gates come and go; they are waited for this long. */
const LOOK_MS = 3000;

const isOurs = ({ role }) => role?.startsWith('ralph-') === true;
const isSibling = (member) => isOurs(member) && member.role !== 'ralph-orchestrate';
const isOrchestrator = ({ role }) => role === 'ralph-orchestrate';
const isWatcher = ({ role }) => role === 'watcher';
const isAgent = ({ role }) => role === 'agent';
const isGate = ({ role }) => role === 'gate';

/** Returns some of those that are chosen; where there are none they are waited for, as long as the run goes on. */
async function some(world, run, { isChosen, most }, dice) {
  let found = [];
  const isThere = () => {
    found = membersOf(world.folder).filter(isChosen);
    return found.length > 0 || run.hasEnded();
  };
  await comesTrue(isThere, LOOK_MS, world.signal);
  return shuffled(found, dice).slice(0, between(1, most, dice));
}

function kill(members, signal = 'SIGKILL') {
  return members.filter(({ pid }) => send(pid, signal)).length;
}

function killing(name, isChosen, most) {
  return striking(name, 'signal', async (world, run, dice) => kill(await some(world, run, { isChosen, most }, dice)));
}

function ending(name, signal, times) {
  return striking(name, 'signal', async (world, run, dice) => {
    const isChosen = dice() < 0.7 ? isOrchestrator : isOurs;
    let hits = 0;
    const [chosen] = await some(world, run, { isChosen, most: 1 }, dice);
    for (let time = 0; time < times && chosen !== undefined; time += 1) {
      if (time > 0) await pause(between(1, 400, dice), world.signal);
      hits += kill([chosen], signal);
    }
    return Math.min(hits, 1);
  });
}

async function stopAndContinue(world, run, dice) {
  const isChosen = pick([isOurs, isSibling, isWatcher, isAgent, isGate], dice);
  const stopped = (await some(world, run, { isChosen, most: 2 }, dice)).filter(({ pid }) => send(pid, 'SIGSTOP'));
  await pause(SHORTEST_STOP_MS + (LONGEST_STOP_MS - SHORTEST_STOP_MS) * dice() ** 2, world.signal);
  for (const { pid } of stopped) send(pid, 'SIGCONT');
  return stopped.length;
}

/** @type {readonly import('./list.mjs').Fault[]} */
export const SIGNAL_FAULTS = [
  killing('SIGKILL of the orchestrator', isOrchestrator, 1),
  killing('SIGKILL of siblings', isSibling, 2),
  killing('SIGKILL of all programs', isOurs, Infinity),
  killing('SIGKILL of all, watchers too', (member) => isOurs(member) || isWatcher(member), Infinity),
  killing('SIGKILL of a watcher', isWatcher, 2),
  killing('SIGKILL of an agent', isAgent, 2),
  killing('SIGKILL of a gate', isGate, 1),
  ending('SIGTERM', 'SIGTERM', 1),
  ending('SIGINT twice', 'SIGINT', 2),
  ending('SIGHUP', 'SIGHUP', 1),
  striking('SIGSTOP and SIGCONT', 'signal', stopAndContinue),
];
