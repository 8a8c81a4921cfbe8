// The command line of the torture.
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { FAULTS } from './faults/list.mjs';

const NUMBERS = { minutes: 'minutes', rounds: 'rounds', seed: 'seed', round: 'round' };

export const HELP = `npm run torture -- [--minutes M | --rounds N | --round K] [--seed S] [--fault WORDS] [--json FILE] [--keep]

Runs the whole system on generated repositories, queues and agents, injects faults, and checks after each round from
outside that nothing is lost, landed twice, left behind, stuck or torn. Ends with a table; status 1 if anything was wrong.

  --minutes M   begin no round after so many minutes (default: 5)
  --rounds N    play so many rounds
  --round K     play this round alone, as the line of a bad one says
  --seed S      a whole number; the same seed plays the same rounds (default: of the moment)
  --fault WORDS deal only faults with these words in their name, or of this kind
  --json FILE   write the sum as JSON
  --keep        keep the worlds of good rounds too
`;

/**
 * Returns the options.
 *
 * @throws Error that says what is wrong with them
 */
export function optionsFrom(args) {
  const names = Object.keys(NUMBERS);
  const { values } = parseArgs({
    args,
    options: {
      ...Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
      json: { type: 'string' },
      fault: { type: 'string', default: '' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const numbers = Object.fromEntries(
    names.filter((name) => values[name] !== undefined).map((name) => [name, numberOf(name, values[name])]),
  );
  if (chosenFaults(values.fault).length === 0)
    throw new Error(`--fault: none has "${values.fault}" in its name, nor is it a kind`);
  const bounds = ['minutes', 'rounds', 'round'].filter((name) => values[name] !== undefined);
  if (bounds.length > 1) throw new Error(`--${bounds.join(' and --')} exclude each other`);
  if (values.json !== undefined && !existsSync(dirname(values.json)))
    throw new Error(`--json: there is no folder ${dirname(values.json)}`);
  if (values.json !== undefined && statSync(values.json, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new Error(`--json: ${values.json} is a folder`);
  const seed = numbers.seed ?? Date.now() % 1e6;
  return {
    ...numbers,
    seed,
    ...(bounds.length === 0 ? { minutes: 5 } : {}),
    json: values.json,
    keep: values.keep,
    fault: values.fault,
    help: values.help,
  };
}

/** Returns the faults with these words in their name; all of a kind where they name one. */
export function chosenFaults(words) {
  const of = FAULTS.filter(({ kind }) => kind === words);
  return of.length > 0 ? of : FAULTS.filter(({ name }) => name.includes(words));
}

function numberOf(name, text) {
  const isFraction = name === 'minutes';
  const least = name === 'seed' ? 0 : 1;
  const number = Number(text);
  const isRight = (isFraction ? number > 0 : Number.isSafeInteger(number) && number >= least) && text.trim() !== '';
  if (!isRight || !Number.isFinite(number))
    throw new Error(
      `--${name} takes a ${isFraction ? 'number above 0' : `whole number from ${least} on`}, not "${text}"`,
    );
  return number;
}
