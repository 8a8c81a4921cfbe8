import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chanceOf } from '@ralph/protocol/testing/chance';
import { blowsOf } from './blow.ts';
import { fates, wrongLandings } from './landings.ts';
import { ageUnfinishedObjects } from './left-files.ts';
import { eventsOf, oneRun, type RunEnd } from './one-run.ts';
import { wrongRemains } from './remains.ts';
import { newWorld, type World } from './world.ts';

/** What a plain run may need after the last kill: an agent that fails once takes one more. */
const LAST_RUNS = 2;
/** So many runs may go by without a blow that hits. */
const MORE_RUNS = 3;

export interface CaseEnd {
  readonly wrong: readonly string[];
  readonly kills: number;
  readonly runs: number;
  readonly hits: readonly string[];
  /** How many tasks ended how. */
  readonly ends: string;
}

/**
 * Works through one queue in runs that are killed at moments of chance, and then in runs that are let be; returns what
 * does not hold then.
 *
 * @param kills how many blows are to hit
 */
export async function stormCase(seed: number, number: number, kills: number): Promise<CaseEnd> {
  const random = chanceOf(seed, number);
  const world = newWorld(random);
  const runs: RunEnd[] = [];
  const hits = () => runs.flatMap((run) => run.hits);
  const isSettled = () => ![...fates(world).values()].includes('open');
  while (hits().length < kills && runs.length < kills + MORE_RUNS && !isSettled()) {
    runs.push(await oneRun(world, blowsOf(random)));
  }
  ageUnfinishedObjects(world);
  const wrong: string[] = [];
  let last = 0;
  while (last < LAST_RUNS && (last === 0 || !isSettled())) {
    runs.push(await oneRun(world, []));
    last += 1;
  }
  const isToolKilled = hits().some((hit) => /: (?:\S*\/)?(?:git|flock) /.test(`${hit} `));
  wrong.push(
    ...runs.flatMap((run, index) => wrongEnd(run).map((what) => `run ${index + 1}: ${what}`)),
    ...wrongLandings(world, isToolKilled),
    ...(await wrongRemains(world)),
  );
  const all = [...fates(world).values()];
  const ends = [...new Set(all)].toSorted().map((fate) => `${all.filter((one) => one === fate).length} ${fate}`);
  if (wrong.length > 0) keepEvidence(world, `${seed}-${number}`, runs, wrong);
  rmSync(world.folder, { recursive: true, force: true, maxRetries: 5 });
  return {
    wrong: wrong.map((what) => `case ${number}: ${what}`),
    kills: hits().length,
    runs: runs.length,
    hits: hits(),
    ends: ends.join(', '),
  };
}

/** A run that nobody disturbed ends well, or says which task has not landed; any other ends at all. */
function wrongEnd({ hits, hung, status, stderr }: RunEnd): string[] {
  const tail = stderr.trimEnd().split('\n').slice(-3).join(' | ');
  return [
    ...(hung.length > 0 ? [`does not end: ${hung.join('; ')}`] : []),
    ...(hits.length > 0 || status === 0 || status === 2 ? [] : [`ended with ${status}: ${tail}`]),
  ];
}

function keepEvidence(world: World, name: string, runs: readonly RunEnd[], wrong: readonly string[]): void {
  const folder = join(import.meta.dirname, '../../.reports/storm', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(world.folder, join(folder, 'world'), { recursive: true, verbatimSymlinks: true });
  writeFileSync(join(folder, 'wrong'), `${wrong.join('\n')}\n`);
  for (const [index, run] of runs.entries()) {
    const events = eventsOf(run).map((event) => JSON.stringify(event));
    const head = `status ${run.status}\nkilled ${run.hits.join('; ')}`;
    writeFileSync(join(folder, `run-${index + 1}`), `${head}\n${run.stderr}\n${events.join('\n')}\n`);
  }
}
