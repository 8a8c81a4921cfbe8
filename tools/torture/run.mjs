// npm run torture: see options.mjs, and docs/torture.md.
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { tmpdir } from 'node:os';
import { membersOf } from './look/processes.mjs';
import { chosenFaults, HELP, optionsFrom } from './options.mjs';
import { isGood, tableOf } from './sum.mjs';
import { leftFolders } from './temporary.mjs';
import { torture } from './torture.mjs';

const BUILT = fileURLToPath(new URL('../../packages/orchestrate/dist', import.meta.url));
const USAGE = 64;
const IO = 74;
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
  try {
    return await play(options);
  } catch (error) {
    // Of the system or of git; anything else is a fault of ours, and is shown whole.
    if (error.syscall === undefined && error.stderr === undefined) throw error;
    console.error(`torture: ${error.message.trimEnd()}; TMPDIR, where worlds are made, is ${tmpdir()}`);
    return IO;
  }
}

async function play(options) {
  tellOfLeftovers();
  const stop = new AbortController();
  let caught;
  const end = (number) => {
    caught = number;
    stop.abort();
  };
  // Whoever reads no further wants no more rounds.
  process.stdout.on('error', () => end(13));
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ]) {
    process.on(signal, () => end(number));
  }
  console.log(`seed ${options.seed}`);
  const faults = chosenFaults(options.fault);
  const again = options.fault === '' ? '' : ` --fault '${options.fault}'`;
  const sum = await torture({ ...options, faults, again, signal: stop.signal, onLine: (line) => console.log(line) });
  console.log(`\n${tableOf(sum)}`);
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ seed: options.seed, ...sum }, null, 2)}\n`);
  if (!isGood(sum)) return 1;
  return caught === undefined ? 0 : 128 + caught;
}

function tellOfLeftovers() {
  const folders = leftFolders();
  if (folders.length === 0) return;
  const pids = folders.flatMap((folder) => membersOf(folder)).map(({ pid }) => pid);
  const kill = pids.length === 0 ? '' : `kill -9 ${pids.join(' ')}; `;
  console.error(
    `torture: an earlier one was killed; what it has left can go: ${kill}rm -rf ${folders.map(quoted).join(' ')}`,
  );
}

/** What is to be pasted must name nothing else. */
function quoted(path) {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

process.exitCode = await main(process.argv.slice(2));
