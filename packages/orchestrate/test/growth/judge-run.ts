import { LEAVING_LIMITS, processLimits } from './limits.ts';
import type { Leavings } from './leavings.ts';
import type { Sample } from './sample.ts';
import { judgeGrowth, type Allowance, type Point, type Verdict } from './verdict.ts';

/** What the verdict says of one figure. */
export interface Row extends Verdict {
  readonly what: string;
}

/** One that is in fewer samples of a run has come and gone. */
const STAYS = 0.8;

/**
 * Returns a row for each figure: of processes over the longest of the runs, since each begins with new ones; of what is on
 * the disk over all of them.
 */
export function judgeRun(samples: readonly Sample[]): Row[] {
  const longest = longestRun(samples);
  const names = [...new Set(longest.flatMap(({ processes }) => processes.map(({ name }) => name)))].toSorted();
  const stayed = names.filter(
    (name) => longest.filter((one) => of(one, name).length > 0).length > longest.length * STAYS,
  );
  return [
    ...stayed.flatMap((name) => rowsOfProcess(longest, name)),
    ...row('processes of ours', longest, ({ processes }) => processes.length, { more: 2, perTask: 0 }),
    ...Object.entries(LEAVING_LIMITS).flatMap(([name, limit]) =>
      row(name, samples, ({ leavings }) => leavings[name as keyof Leavings], limit),
    ),
  ];
}

function rowsOfProcess(samples: readonly Sample[], name: string): Row[] {
  return Object.entries(processLimits(name)).flatMap(([figure, limit]) =>
    row(`${name}: ${figure}`, samples, (sample) => Math.max(...of(sample, name).map(limit.of)), limit),
  );
}

/** How much more a task costs at the end of the longest run than early on, as factors: 1 means linear in the tasks. */
export interface Slowdown {
  /** Of our own processes on the processor, which other load bears little on. */
  readonly processor: number;
  readonly wall: number;
}

/** Returns by how much tasks have become slower; nothing for a series that is too short to say. */
export function slowdown(samples: readonly Sample[]): Slowdown | undefined {
  const longest = longestRun(samples);
  const pids = longLived(longest);
  // Near the end some have ended already, and their time is seen no more.
  const whole = longest.filter(({ processes }) => pids.every((pid) => processes.some((one) => one.pid === pid)));
  const last = Math.max(0, ...whole.map(({ ended }) => ended));
  const early = whole.filter(({ ended }) => ended >= last * 0.1 && ended <= last * 0.4);
  const late = whole.filter(({ ended }) => ended >= last * 0.7);
  if (early.length < 2 || late.length < 2) return undefined;
  const ticks = ({ processes }: Sample) =>
    processes.reduce((sum, one) => sum + (pids.includes(one.pid) ? one.ticks : 0), 0);
  const factor = (figure: (sample: Sample) => number) => pace(late, figure) / pace(early, figure);
  return { processor: factor(ticks), wall: factor(({ at }) => at) };
}

function longLived(samples: readonly Sample[]): number[] {
  const all = samples.flatMap(({ processes }) => processes.map(({ pid }) => pid));
  return [...new Set(all)].filter((pid) => all.filter((one) => one === pid).length > samples.length * STAYS);
}

function pace(samples: readonly Sample[], figure: (sample: Sample) => number): number {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return Number.NaN;
  return (figure(last) - figure(first)) / (last.ended - first.ended);
}

function longestRun(samples: readonly Sample[]): Sample[] {
  const runs = [...new Set(samples.map(({ run }) => run))].map((run) => samples.filter((one) => one.run === run));
  return runs.toSorted((a, b) => b.length - a.length)[0] ?? [];
}

function row(what: string, samples: readonly Sample[], figure: (sample: Sample) => number, limit: Allowance): Row[] {
  const points: Point[] = samples
    .map((sample) => ({ ended: sample.ended, value: figure(sample) }))
    .filter(({ value }) => Number.isFinite(value));
  const verdict = judgeGrowth(points, limit);
  return verdict === undefined ? [] : [{ what, ...verdict }];
}

function of({ processes }: Sample, name: string): Sample['processes'] {
  return processes.filter((one) => one.name === name);
}
