// Adds up vitest's reports. A report that is missing, or that was made from other test files than there are, counts as
// one failure, so that the sum cannot look better than what was run.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { isMain } from './is-main.mjs';
import { testedFolders, testFiles, TIERS } from './test-tiers.mjs';

/** Returns the sum over the given tiers, and a text for each test that failed and for all that is wrong with a report. */
export function summarise(root, tiers) {
  const sum = { passed: 0, failed: 0, skipped: 0, problems: [] };
  for (const folder of testedFolders(root)) {
    for (const tier of tiers) addReport(sum, root, folder, tier);
  }
  return sum;
}

/** Returns what a run of tests ends with: its last line says how many passed and failed, and nothing else. */
export function summaryLine({ passed, failed, skipped }) {
  const left = skipped === 0 ? '' : `${skipped} skipped\n`;
  return `${left}${passed} passed, ${failed} failed`;
}

function addReport(sum, root, folder, tier) {
  const files = testFiles(root, folder, tier);
  if (files.length === 0) return;
  const path = join(folder, TIERS[tier].report);
  const problem = (text) => {
    sum.failed += 1;
    sum.problems.push(`${path}: ${text}`);
  };
  if (!existsSync(join(root, path))) return problem('missing: these tests were not run');
  const report = JSON.parse(readFileSync(join(root, path), 'utf8'));
  sum.passed += report.numPassedTests;
  sum.failed += report.numFailedTests;
  sum.skipped += report.numPendingTests + report.numTodoTests;
  for (const result of report.testResults) {
    for (const assertion of result.assertionResults.filter(isFailed))
      sum.problems.push(failure(result.name, assertion));
  }
  const seen = report.testResults.map((result) =>
    result.name.slice(result.name.lastIndexOf(`${folder}/test/`) + folder.length + 1),
  );
  if (seen.toSorted().join() !== files.join()) return problem(`stale: made from ${seen.join(', ') || 'no files'}`);
  const broken = report.testResults.filter(
    (result) => result.status === 'failed' && !result.assertionResults.some(isFailed),
  );
  for (const { name, message } of broken) problem(`${name} could not be run: ${message}`);
  if (!report.success && report.numFailedTests === 0 && broken.length === 0)
    problem('the run failed outside of its tests');
}

function isFailed(assertion) {
  return assertion.status === 'failed';
}

// The end of a long output is what people get to see: a failure has to be understood from here.
function failure(file, { fullName, failureMessages }) {
  const lines = stripVTControlCharacters(failureMessages.join('\n')).split('\n');
  return [`FAILED ${file}`, `  ${fullName}`, ...lines.slice(0, 30).map((line) => `    ${line}`)].join('\n');
}

if (isMain(import.meta.url)) {
  const tiers = process.argv.length > 2 ? process.argv.slice(2) : ['unit', 'bin', 'scenario'];
  const sum = summarise(fileURLToPath(new URL('..', import.meta.url)), tiers);
  for (const problem of sum.problems) console.log(problem);
  console.log(summaryLine(sum));
  process.exitCode = sum.failed === 0 ? 0 : 1;
}
