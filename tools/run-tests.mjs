// Runs the tiers of tests through nx and ends with one line: N passed, N failed.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTargets } from './nx.mjs';
import { summarise, summaryLine } from './test-summary.mjs';
import { testedFolders, TIERS } from './test-tiers.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const tiers = process.argv.length > 2 ? process.argv.slice(2) : ['unit', 'bin', 'scenario'];

// What is there afterwards was made by this run, or brought back by nx for the very same inputs.
for (const folder of testedFolders(root)) {
  for (const tier of tiers) rmSync(join(root, folder, TIERS[tier].report), { force: true });
}

const status = runTargets(tiers.map((tier) => TIERS[tier].target));
const sum = summarise(root, tiers);
if (status !== 0 && sum.failed === 0) {
  sum.failed += 1;
  sum.problems.push(`nx ended with status ${status}`);
}
for (const problem of sum.problems) console.log(problem);
console.log(summaryLine(sum));
process.exitCode = sum.failed === 0 ? 0 : 1;
