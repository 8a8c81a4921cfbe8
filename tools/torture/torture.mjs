// Round after round, some side by side, until there were enough or the time is over.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { possibleFaults, FAULTS } from './faults/list.mjs';
import { playRound } from './round.mjs';
import { addRound, emptySum } from './sum.mjs';

const REPORTS = fileURLToPath(new URL('../.reports/torture', import.meta.url));

/** One waits for its agents while the other works. */
const SIDE_BY_SIDE = 2;

/**
 * Plays rounds.
 *
 * @param {object} how
 * @param {number} how.seed
 * @param {number} [how.rounds]   so many rounds
 * @param {number} [how.minutes]  or no new one after so many minutes
 * @param {number} [how.round]    or this one alone
 * @param {boolean} [how.keep]    evidence of good rounds too
 * @param {AbortSignal} how.signal   ends what goes on; rounds that were not finished do not count
 * @param {(line: string) => void} how.onLine
 * @param {readonly import('./faults/list.mjs').Fault[]} [how.faults]
 * @param {string} [how.again]   what else a replay is to be told
 * @param {ReturnType<typeof emptySum>} [how.sum]   of earlier rounds, to which these are added
 * @returns the sum
 * @throws whatever keeps a round from being played; the other one is ended then
 */
export async function torture({
  seed,
  rounds = Infinity,
  minutes = Infinity,
  round,
  keep = false,
  signal,
  onLine,
  faults = FAULTS,
  again = '',
  sum = emptySum(faults),
}) {
  const possible = possibleFaults(faults);
  const deadline = performance.now() + minutes * 60_000;
  const last = round ?? rounds;
  let next = round ?? 1;
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const work = async () => {
    while (next <= last && performance.now() < deadline && !stop.aborted) {
      const number = next++;
      const evidence = join(REPORTS, `${seed}-${number}`);
      const end = await playRound({ seed, round: number, faults: possible, signal: stop, keep, evidence });
      if (!end.isWhole) continue;
      const replay = `--seed ${seed} --round ${end.round}${again}`;
      addRound(sum, { ...end, again: replay });
      for (const line of linesOf(replay, end)) onLine(line);
    }
  };
  const fail = (error) => failed.abort(error);
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => work().catch(fail)));
  failed.signal.throwIfAborted();
  return sum;
}

function linesOf(again, { round, runs, hits, fates, wrong, kept }) {
  const struck = hits
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => (count > 1 ? `${name} (${count})` : name));
  const landed = fates.filter((fate) => fate === 'landed').length;
  return [
    `round ${round}: ${landed} of ${fates.length} tasks landed in ${runs} runs, ${wrong.length} wrong; ${struck.join(', ') || 'no fault'}`,
    ...wrong.map(({ row, text }) => `  ${row}: ${text}`),
    ...(kept === undefined ? [] : [`  kept in ${kept}`]),
    ...(wrong.length === 0 ? [] : [`  again: npm run torture -- ${again}`]),
  ];
}
