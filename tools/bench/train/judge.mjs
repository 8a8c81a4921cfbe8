// What must and must not be on the target when all candidates of a round have ended.

/**
 * Returns what is wrong, in words; nothing when all is as it must be.
 *
 * @param {import('./schedule.mjs').Planned[]} round
 * @param {object} end
 * @param {string[]} end.subjects of the commits that are new on the target
 * @param {{ commit: string, green: boolean }[]} end.states every state the target had, judged again
 * @param {string[]} end.landed the tasks that were reported as landed
 * @param {string[]} end.blocked the tasks that were reported as not landed
 */
export function faultsOf(round, { subjects, states, landed, blocked }) {
  const faults = states.flatMap(({ commit, green }) => (green ? [] : [`the target was red at ${commit}`]));
  const times = (id) => subjects.filter((subject) => subject.startsWith(`${id}: `)).length;
  for (const { id, kind } of round) {
    const on = times(id);
    if (on > 1) faults.push(`${id} is on the target ${on} times`);
    if (kind === 'green' && on === 0) faults.push(`${id} is green and has not landed`);
    if (kind === 'red' && on > 0) faults.push(`${id} is red and has landed`);
    const said = [landed, blocked].flatMap((ids, index) => ids.filter((one) => one === id).map(() => index));
    if (said.length !== 1 || (said[0] === 0) !== on > 0)
      faults.push(`${id} is ${on > 0 ? '' : 'not '}on the target, and was reported ${wordsOf(said)}`);
  }
  for (const members of pairsOf(round)) {
    const count = members.filter(({ id }) => times(id) > 0).length;
    if (count !== 1) faults.push(`${count} of ${members.map(({ id }) => id).join(' and ')} landed, one should have`);
  }
  const ours = round.reduce((sum, { id }) => sum + times(id), 0);
  if (ours !== subjects.length) faults.push(`${subjects.length - ours} commits on the target are nobody's`);
  return faults;
}

function pairsOf(round) {
  const pairs = new Map();
  for (const one of round) {
    if (one.pair !== undefined) pairs.set(one.pair, [...(pairs.get(one.pair) ?? []), one]);
  }
  return [...pairs.values()];
}

function wordsOf(said) {
  return said.length === 0 ? 'as nothing' : said.map((index) => (index === 0 ? 'landed' : 'blocked')).join(' and ');
}
