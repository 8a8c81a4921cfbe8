// Runs one benchmark of this folder: node tools/bench/run.mjs NAME [--check]
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [name, ...args] = process.argv.slice(2);
const known = readdirSync(fileURLToPath(new URL('.', import.meta.url)))
  .filter((file) => file.endsWith('.mjs') && file !== 'run.mjs')
  .map((file) => file.replace(/\.mjs$/, ''));

if (name === undefined || !known.includes(name)) {
  console.error(`bench: name one of: ${known.join(', ')}`);
  process.exitCode = 64;
} else {
  const { run } = await import(`./${name}.mjs`);
  process.exitCode = await run(args);
}
