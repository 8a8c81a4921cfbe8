// Says where versions and changelog do not agree.
import { fileURLToPath } from 'node:url';
import { versionProblems } from './versions.mjs';

const problems = versionProblems(fileURLToPath(new URL('../..', import.meta.url)));
for (const problem of problems) console.error(problem);
console.error(problems.length === 0 ? 'versions: one' : `versions: ${problems.length} wrong`);
process.exitCode = problems.length === 0 ? 0 : 1;
