import { testSeed } from '@ralph/protocol/testing/chance';
import { stormCase } from './storm-case.ts';

/** So many blows hit each world. */
const KILLS_A_CASE = 8;
/** One waits for its agents while the other works. */
const SIDE_BY_SIDE = 2;

export interface Storm {
  readonly wrong: readonly string[];
  /** Whether as many blows have hit as were asked for, or the one case was replayed that was asked for. */
  readonly isWhole: boolean;
  readonly cases: number;
  readonly kills: number;
  readonly runs: number;
}

/**
 * Kills what a run consists of, so often at least as is asked for. `RALPH_TEST_SEED` and `RALPH_TEST_CASE` replay one
 * case of a storm.
 *
 * @param first number of the first case
 */
export async function killStorm(kills: number, first = 1): Promise<Storm> {
  const seed = testSeed();
  const only = process.env['RALPH_TEST_CASE'];
  const sum = { wrong: [] as string[], cases: 0, kills: 0, runs: 0 };
  const names = new Map<string, number>();
  let next = only === undefined ? first : Number(only);
  const work = async () => {
    while (only === undefined ? sum.kills < kills : next === Number(only)) {
      const number = next++;
      const end = await stormCase(seed, number, KILLS_A_CASE);
      const { ends, wrong } = end;
      process.stdout.write(`case ${number}: ${end.kills} kills in ${end.runs} runs, ${ends}, ${wrong.length} wrong\n`);
      sum.wrong.push(...wrong);
      sum.cases += 1;
      sum.kills += end.kills;
      sum.runs += end.runs;
      for (const name of end.hits.flatMap(victims)) names.set(name, (names.get(name) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  process.stdout.write(`kill storm: ${sum.kills} kills in ${sum.runs} runs of ${sum.cases} queues\n`);
  process.stdout.write(`killed: ${[...names].map(([name, count]) => `${name} ${count}`).join(', ')}\n`);
  return { ...sum, isWhole: only !== undefined || sum.kills >= kills };
}

/** Returns who was hit by a blow, as `strike` names them; tools by their name alone. */
function victims(hit: string): string[] {
  const list = hit.slice(hit.lastIndexOf(': ') + 2);
  return list.split(', ').map((name) => name.split(' ')[0] ?? '');
}
