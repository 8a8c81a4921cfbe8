// What bounds one machine, and what a train would do with many: measured, simulated, and written into docs/scale.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { bounds } from './measured/bounds.mjs';
import { costsAndCheck } from './measured/costs.mjs';
import { FIGURES, PAGE, scaleOf } from './page.mjs';
import { simulations } from './simulation/cells.mjs';
import { trainCore } from './simulation/train-core.mjs';

export const USAGE = `usage: npm run bench -- scale [measure|simulate|page] [--write]

Measures what bounds one machine and simulates the train with what was measured: some ten minutes, or a part of it:
  measure    the costs and bounds alone
  simulate   with the figures of the last measurement
  page       nothing anew: the page as it follows from the figures
  --write    put figures, tables and pictures into docs/scale.md and docs/scale/`;

const PARTS = { measure: ['measured'], simulate: ['simulated'], page: [], all: ['measured', 'simulated'] };

/**
 * Runs the stages asked for and returns the exit status.
 *
 * @param {string} root of the repository
 * @param {string[]} args
 * @param {() => object} whereAndWhen day, commit and machine
 */
export async function scale(root, args, whereAndWhen) {
  const words = args.filter((word) => word !== '--write');
  const parts = words.length > 1 ? undefined : PARTS[words[0] ?? 'all'];
  if (parts === undefined) {
    console.error(`bench: scale knows no ${words.join(' ')}\n\n${USAGE}`);
    return 64;
  }
  const file = join(root, FIGURES);
  const figures = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { simulated: [] };
  const core = await trainCore();
  if (parts.includes('measured')) figures.measured = await measure(core, whereAndWhen);
  if (parts.includes('simulated')) figures.simulated = simulate(core, await trainCore(0), figures.measured.costs);
  const files = new Map([[FIGURES, `${JSON.stringify(figures, rounded, 1)}\n`]]);
  if (words[0] !== 'measure')
    for (const [path, text] of scaleOf(figures, readFileSync(join(root, PAGE), 'utf8'))) files.set(path, text);
  if (args.includes('--write')) for (const [path, text] of files) write(join(root, path), text);
  else console.log(files.get(PAGE) ?? files.get(FIGURES));
  return 0;
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(`written: ${path}`);
}

async function measure(core, whereAndWhen) {
  console.log('measuring: the costs of a landing, and the same cells simulated');
  const { costs, check } = await costsAndCheck(core);
  console.log('measuring: what bounds this machine');
  return figuresOf({ ...whereAndWhen(), load: loadavg()[1].toFixed(1), costs, check, bounds: await bounds() });
}

function simulate(core, hasty, costs) {
  const seen = [];
  for (const one of simulations(core, hasty, costs)) {
    const { name, policy, gate, red, places } = one.cell;
    console.log(
      `simulated: ${name}, ${policy}, gate of ${gate} s, ${red * 100} % red, ${places} places: ${one.outcome.landed} an hour`,
    );
    seen.push(one);
  }
  return figuresOf(seen);
}

/** As they are read again: the page is the same from the file as from memory. */
function figuresOf(value) {
  return JSON.parse(JSON.stringify(value, rounded));
}

/** More digits than count would only make each change of the file larger. */
function rounded(_, value) {
  return typeof value === 'number' ? Number(value.toPrecision(6)) : value;
}
