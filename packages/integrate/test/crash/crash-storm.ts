import { seededChance } from '@ralph/protocol/testing/chance';
import { records } from '@ralph/protocol/testing/run-built-program';
import { crashCase } from './crash-case.ts';
import { crashTemplate, landAt, siteOf } from './crash-site.ts';
import { pointsOf, STEPS, type Point } from './points.ts';

/** At most so much time lies between a point and the kill. */
const LONGEST_MS = 30;

const SIDE_BY_SIDE = 3;

export interface Storm {
  readonly wrong: readonly string[];
  readonly points: number;
  readonly cases: number;
  readonly kills: number;
  readonly lockedOrigins: number;
}

/**
 * Kills ralph-integrate some times at each point that is chosen among all those of a run that lands some tasks.
 *
 * @param lone whether the workspaces borrow no objects
 */
export async function crashStorm(
  times: number,
  ids: readonly string[],
  choose: (points: readonly Point[]) => readonly Point[],
  lone = false,
): Promise<Storm> {
  const random = seededChance();
  const template = crashTemplate(ids, lone);
  const { trace, stdout } = await landAt(siteOf(template, 'whole'), { point: undefined, delayMs: 0 });
  const types = records(stdout).map(({ type }) => String(type));
  const unknown = [...new Set(trace)].filter((step) => STEPS[step] === undefined);
  const points = choose(pointsOf(trace, types));
  const cases = Array.from({ length: times }, () => points)
    .flat()
    .map((point, index) => ({ point, name: `case-${index}`, delayMs: Math.round(random() * LONGEST_MS) }));
  const wrong = unknown.map((step) => `${step} is not in the table of steps`);
  let [kills, lockedOrigins, next] = [0, 0, 0];
  const worker = async () => {
    for (let one = cases[next++]; one !== undefined; one = cases[next++]) {
      const end = await crashCase(template, one.point, one.delayMs, one.name);
      wrong.push(...end.wrong);
      kills += end.kills;
      lockedOrigins += end.lockedOrigin ? 1 : 0;
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  return { wrong, points: points.length, cases: cases.length, kills, lockedOrigins };
}
