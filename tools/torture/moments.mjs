// When a fault strikes: some time after the start of a run, or after an event was told for the n-th time.
import { between, pick } from './chance.mjs';
import { comesTrue, pause } from './wait.mjs';

const AIMS = [
  'run.started',
  'task.selected',
  'workspace.ready',
  'agent.started',
  'agent.finished',
  'integrate.started',
  'rebase.done',
  'rebase.conflicted',
  'remediation.started',
  'ci.started',
  'ci.passed',
  'task.completed',
  'task.failed',
  'workspace.removed',
];

const LONGEST_MS = 3000;
const LONGEST_DELAY_MS = 80;
/** For an event that does not come it strikes after so long. */
const AT_LAST_MS = 1500;

/** Returns moments of chance at which one fault strikes: mostly one, sometimes more that follow. */
export function momentsOf(dice) {
  const moments = [firstMoment(dice)];
  while (moments.length < 4 && dice() < 0.4) moments.push({ delayMs: between(0, 700, dice) });
  return moments;
}

function firstMoment(dice) {
  if (dice() < 0.35) return { delayMs: between(300, LONGEST_MS, dice) };
  const event = pick(AIMS, dice);
  const occurrence = event === 'run.started' ? 1 : between(1, 2, dice);
  return { event, occurrence, delayMs: between(0, LONGEST_DELAY_MS, dice) };
}

/** Waits for a moment; returns whether the run still goes on then, or has ended just now. */
export async function comes({ event, occurrence, delayMs }, run, signal) {
  const words = `"type":"${event}"`;
  const isTold = () => event === undefined || run.told().split(words).length > occurrence;
  await comesTrue(() => isTold() || run.hasEnded(), AT_LAST_MS, signal);
  if (run.hasEnded()) return false;
  await pause(delayMs, signal);
  return signal?.aborted !== true;
}
