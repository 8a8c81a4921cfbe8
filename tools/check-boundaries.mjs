// Holds the rules of the house against the code: who imports whom, what files are called and how long they are, how
// tests are written, and what a program loads at start.
import { fileURLToPath } from 'node:url';
import { checkFiles } from './boundaries/file-rules.mjs';
import { checkCycles } from './boundaries/import-cycles.mjs';
import { checkImports } from './boundaries/import-rules.mjs';
import { sourceFiles } from './boundaries/source-files.mjs';
import { checkStartUp } from './boundaries/start-up-rules.mjs';
import { checkTests } from './boundaries/test-rules.mjs';
import { isMain } from './is-main.mjs';

/** Returns every broken rule of the workspace at root as `file:line: what`. */
export async function checkTree(root) {
  const files = sourceFiles(root);
  const problems = [
    ...checkImports(root, files),
    ...checkCycles(files),
    ...checkFiles(files),
    ...checkTests(files),
    ...(await checkStartUp(root)),
  ];
  return problems.map(({ file, line, message }) => `${file}:${line}: ${message}`);
}

if (isMain(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
  const problems = await checkTree(root);
  for (const problem of problems) console.error(problem);
  console.error(problems.length === 0 ? 'boundaries: kept' : `boundaries: ${problems.length} broken`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
