import { openSync } from 'node:fs';
import { ProcessTrees } from '../../src/process/process-tree.ts';

/** Starts one tree, releases it when told so, says its pid, and lives until it is killed. */
const [when = '', ...command] = process.argv.slice(2);
const out = openSync('/dev/null', 'w');
const tree = await new ProcessTrees().start({
  command,
  cwd: process.cwd(),
  folder: process.cwd(),
  env: process.env,
  stdin: 'ignore',
  stdout: out,
  stderr: out,
});
if (when === 'release') tree.release();
process.stdout.write(`${tree.pid}\n`);
process.stdin.resume();
