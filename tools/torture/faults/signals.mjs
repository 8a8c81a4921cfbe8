// Signals to our programs, to what they run, and to their watchers.
import { between, pick, shuffled } from '../chance.mjs';
import { membersOf, send } from '../look/processes.mjs';
import { pause } from '../wait.mjs';
import { striking } from './striking.mjs';

/** Longer than the grace of an agent, the patience of a lock and the idle time of the worlds. */
const LONGEST_STOP_MS = 7000;
const SHORTEST_STOP_MS = 50;

const isOurs = ({ role }) => role?.startsWith('ralph-') === true;
const isSibling = (member) => isOurs(member) && member.role !== 'ralph-orchestrate';
const isOrchestrator = ({ role }) => role === 'ralph-orchestrate';

/** Returns some of those that are chosen, one at least where there are any. */
function some(world, isChosen, most, dice) {
  return shuffled(membersOf(world.folder).filter(isChosen), dice).slice(0, between(1, most, dice));
}

function kill(members, signal = 'SIGKILL') {
  return members.filter(({ pid }) => send(pid, signal)).length;
}

function killing(name, choose) {
  return striking(name, 'signal', async (world, run, dice) => kill(choose(world, dice)));
}

function ending(name, signal, times) {
  return striking(name, 'signal', async (world, run, dice) => {
    const isChosen = dice() < 0.7 ? isOrchestrator : isOurs;
    let hits = 0;
    const [chosen] = some(world, isChosen, 1, dice);
    for (let time = 0; time < times && chosen !== undefined; time += 1) {
      if (time > 0) await pause(between(1, 400, dice), world.signal);
      hits += kill([chosen], signal);
    }
    return Math.min(hits, 1);
  });
}

async function stopAndContinue(world, run, dice) {
  const isChosen = pick([isOurs, isSibling, ({ role }) => role === 'watcher', ({ role }) => role === 'agent'], dice);
  const stopped = some(world, isChosen, 2, dice).filter(({ pid }) => send(pid, 'SIGSTOP'));
  await pause(SHORTEST_STOP_MS + (LONGEST_STOP_MS - SHORTEST_STOP_MS) * dice() ** 2, world.signal);
  for (const { pid } of stopped) send(pid, 'SIGCONT');
  return stopped.length;
}

/** @type {readonly import('./list.mjs').Fault[]} */
export const SIGNAL_FAULTS = [
  killing('SIGKILL of the orchestrator', (world, dice) => some(world, isOrchestrator, 1, dice)),
  killing('SIGKILL of siblings', (world, dice) => some(world, isSibling, 2, dice)),
  killing('SIGKILL of all programs', (world) => membersOf(world.folder).filter(isOurs)),
  killing('SIGKILL of all, watchers too', (world) =>
    membersOf(world.folder).filter((member) => isOurs(member) || member.role === 'watcher'),
  ),
  killing('SIGKILL of a watcher', (world, dice) => some(world, ({ role }) => role === 'watcher', 2, dice)),
  killing('SIGKILL of an agent', (world, dice) => some(world, ({ role }) => role === 'agent', 2, dice)),
  killing('SIGKILL of a gate', (world, dice) => some(world, ({ role }) => role === 'gate', 1, dice)),
  ending('SIGTERM', 'SIGTERM', 1),
  ending('SIGINT twice', 'SIGINT', 2),
  ending('SIGHUP', 'SIGHUP', 1),
  striking('SIGSTOP and SIGCONT', 'signal', stopAndContinue),
];
