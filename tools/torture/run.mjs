// npm run torture: see options.mjs, and docs/torture.md.
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FAULTS } from './faults/list.mjs';
import { HELP, optionsFrom } from './options.mjs';
import { isGood, tableOf } from './sum.mjs';
import { torture } from './torture.mjs';

const BUILT = fileURLToPath(new URL('../../packages/orchestrate/dist', import.meta.url));
const USAGE = 64;
const UNBUILT = 78;

/** Runs it; returns the status. */
async function main(args) {
  let options;
  try {
    options = optionsFrom(args);
  } catch (error) {
    console.error(`torture: ${error.message}; try npm run torture -- --help`);
    return USAGE;
  }
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  if (!existsSync(BUILT)) {
    console.error('torture: the programs are not built: npm run build');
    return UNBUILT;
  }
  const stop = new AbortController();
  let caught;
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ]) {
    process.on(signal, () => {
      caught = number;
      stop.abort();
    });
  }
  console.log(`seed ${options.seed}`);
  const faults = FAULTS.filter(({ name }) => name.includes(options.fault));
  const again = options.fault === '' ? '' : ` --fault '${options.fault}'`;
  const sum = await torture({ ...options, faults, again, signal: stop.signal, onLine: (line) => console.log(line) });
  console.log(`\n${tableOf(sum)}`);
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ seed: options.seed, ...sum }, null, 2)}\n`);
  if (!isGood(sum)) return 1;
  return caught === undefined ? 0 : 128 + caught;
}

process.exitCode = await main(process.argv.slice(2));
