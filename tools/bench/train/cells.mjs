// Which policies are measured under which conditions.

const RED = [0, 0.05, 0.2];
const CONFLICTS = [0, 0.2];
const MANY = 16;

/** Enough rounds that 5 % of the candidates are at least one. */
function roundsFor(candidates, { red = 0, conflicts = 0 }) {
  return red + conflicts === 0 ? 1 : Math.ceil(20 / candidates);
}

/** Some rows that show what matters, within three minutes. */
export function quickCells() {
  const base = { ci: 'wait', seconds: 0.5, red: 0, conflicts: 0, clashes: 0, rounds: 1 };
  return [
    ...onePlaceAndMany({ ...base, candidates: 4 }),
    ...onePlaceAndMany({ ...base, candidates: 8 }, true),
    ...onePlaceAndMany({ ...base, candidates: 8, red: 0.2, conflicts: 0.2 }),
    ...onePlaceAndMany({ ...base, candidates: 8, clashes: 0.25 }),
  ];
}

/** The whole table. */
export function fullCells() {
  const base = { ci: 'wait', seconds: 0.5, clashes: 0 };
  const counts = [2, 4, 8, MANY];
  const waiting = counts.flatMap((candidates) =>
    RED.flatMap((red) =>
      CONFLICTS.flatMap((conflicts) => {
        const cell = { ...base, candidates, red, conflicts, rounds: roundsFor(candidates, { red, conflicts }) };
        return onePlaceAndMany(cell, red + conflicts === 0);
      }),
    ),
  );
  const still = { ...base, red: 0, conflicts: 0, rounds: 1 };
  // With one place there is no difference to a gate that waits.
  const working = counts.map((candidates) => manyPlaces({ ...still, candidates, ci: 'work' }));
  return [...waiting, ...working, ...onePlaceAndMany({ ...still, candidates: 8, clashes: 0.25, rounds: 3 })];
}

function onePlaceAndMany(cell, all = false) {
  return [
    // By itself it is a serial queue there.
    { ...cell, places: 1, policies: ['loops', 'queue', 'serial', 'batch'] },
    manyPlaces(cell, all),
  ];
}

/** The queue needs one place, however many there are. */
function manyPlaces(cell, all = false) {
  return { ...cell, places: cell.candidates, policies: ['loops', 'auto', ...(all ? ['train'] : [])] };
}
