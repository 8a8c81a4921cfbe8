// A fault that is dealt may find nobody to strike: these rounds go on until each kind has.
import { FAULTS } from './faults/list.mjs';
import { kindsLeft } from './sum.mjs';
import { torture } from './torture.mjs';

/** So many more for each kind. */
const MORE = 4;

/**
 * Plays so many rounds, and for each kind of fault that has not struck in them a few with nothing but that.
 *
 * @param {object} how as of torture(), with `rounds`
 * @returns the sum
 */
export async function tortureAllKinds(how, play = torture) {
  const { rounds, faults = FAULTS } = how;
  const sum = await play({ ...how, faults });
  for (const kind of kindsLeft(sum)) {
    const of = faults.filter((fault) => fault.kind === kind);
    for (let round = rounds + 1; round <= rounds + MORE && kindsLeft(sum).includes(kind); round += 1) {
      await play({ ...how, rounds: undefined, round, faults: of, again: ` --fault ${kind}`, sum });
    }
  }
  return sum;
}
