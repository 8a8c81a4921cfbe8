import { EXPECTED } from './demo-tasks.ts';
import type { DemoRepository } from './demo-repository.ts';
import { idsWith, type Results } from '../run/results.ts';

/** Returns what did not go as the demo means to show it; nothing when all is well. */
export function surprises(results: Results, landedOnOrigin: readonly string[]): string[] {
  const found: string[] = [];
  const expect = (id: string, wanted: string) => {
    const got = results.get(id)?.result ?? 'not started';
    if (got !== wanted) found.push(`${id} was to be ${wanted}, but is ${got}`);
  };
  for (const id of EXPECTED.landing) expect(id, 'landed');
  expect(EXPECTED.red, 'blocked');
  expect(EXPECTED.failing, 'failed');
  const rivals = EXPECTED.rivals.map((id) => results.get(id)?.result ?? 'none').toSorted((a, b) => a.localeCompare(b));
  if (rivals.join() !== 'blocked,landed')
    found.push(`of ${EXPECTED.rivals.join(' and ')} one was to land and one to be blocked`);
  for (const id of idsWith(results, 'landed')) {
    if (!landedOnOrigin.includes(id)) found.push(`${id} is said to have landed, but the origin does not have it`);
  }
  return found;
}

/** Returns the closing words of the demo: what landed, what is blocked and why, and where to look. */
export function demoText(demo: DemoRepository, results: Results, log: string): string {
  const all = [...results.values()];
  const missing = all.filter((task) => task.result === 'blocked' || task.result === 'failed');
  return [
    '',
    'What landed on main of the origin:',
    ...log
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
    '',
    'What did not, why, and the next command (behind npx, or with node_modules/.bin on PATH):',
    ...missing.flatMap((task) => [
      `  ${task.id}  ${task.result}: ${task.reason ?? ''}`,
      `           ${task.nextCommand ?? ''}`,
      ...(task.landCommand === undefined ? [] : [`           then: ${task.landCommand}`]),
    ]),
    '',
    'Where to look:',
    `  npx ralph-state list --repo ${demo.root}`,
    `  git -C ${demo.origin} log --stat main`,
    `  less ${demo.root}/.ralph/logs/parallel/events.ndjson`,
    '',
    `All of it is in ${demo.folder}; remove it with: rm -rf ${demo.folder}`,
    '',
  ].join('\n');
}
