import { EXPECTED } from './demo-tasks.ts';
import type { DemoRepository } from './demo-repository.ts';
import { idsWith, type Results } from '../run/results.ts';

/** What a resolver has mended: the code of what was wrong, by task. */
export type Mended = ReadonlyMap<string, string>;

const MENDED_WORDS: Readonly<Record<string, string>> = { conflict: 'a conflict', ci_failed: 'a red gate' };

/** Returns what did not go as the demo means to show it; nothing when all is well. */
export function surprises(results: Results, mended: Mended, landedOnOrigin: readonly string[]): string[] {
  const found: string[] = [];
  const expect = (id: string, wanted: string) => {
    const got = results.get(id)?.result ?? 'not started';
    if (got !== wanted) found.push(`${id} was to be ${wanted}, but is ${got}`);
  };
  for (const id of [...EXPECTED.landing, ...EXPECTED.rivals, EXPECTED.red]) expect(id, 'landed');
  expect(EXPECTED.stuck, 'blocked');
  expect(EXPECTED.failing, 'failed');
  if (!EXPECTED.rivals.some((id) => mended.get(id) === 'conflict'))
    found.push(`of ${EXPECTED.rivals.join(' and ')} one was to be mended`);
  if (mended.get(EXPECTED.red) !== 'ci_failed') found.push(`${EXPECTED.red} was to be mended`);
  for (const id of idsWith(results, 'landed')) {
    if (!landedOnOrigin.includes(id)) found.push(`${id} is said to have landed, but the origin does not have it`);
  }
  return found;
}

export interface DemoEnd {
  readonly results: Results;
  readonly mended: Mended;
}

/** Returns the closing words of the demo: what landed, what is blocked and why, and where to look. */
export function demoText(demo: DemoRepository, { results, mended }: DemoEnd, log: string): string {
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
    'What the agent was called again to mend before it landed:',
    ...[...mended].map(([id, code]) => `  ${id}  ${MENDED_WORDS[code] ?? code}`),
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
