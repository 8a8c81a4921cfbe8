// What a whole run costs beside its agents: a queue whose agents leave one small file, against a shell script that does the
// same git steps and checks, keeps and recovers nothing. TMPDIR chooses the disk; one in memory is quiet.
import { pairs } from '../book/pairs.mjs';
import { rowOf } from '../book/row.mjs';
import { emptyNodes, orchestrated } from '../end-to-end/ours.mjs';
import { sharesOfCore } from '../end-to-end/printing-run.mjs';
import { hasParallel, scripted } from '../end-to-end/script.mjs';
import { onSite } from '../end-to-end/site.mjs';

const WORKERS = 4;
const GATE = 'test -f .gitignore';
const TIMES_SCRIPT = 1.3;
const CPU_MS = 25;
const PROCESSES = 5;
const MEGABYTES = 400;
/** Percent of one core. */
const TABLE = 2;
/** What was asked of git in times of the script when it was first written down; it must not become more. */
const GIT_TIMES = 2.3;

const PRINTING = { agents: 16, warmUpMs: 1000, measureMs: 3000 };
const FORMS = {
  once: {
    tasks: 2,
    fewest: 1,
    rounds: 1,
    printing: { agents: 2, warmUpMs: 500, measureMs: 500 },
    large: { from: 1, to: 2 },
  },
  quick: { tasks: 20, fewest: 2, rounds: 1, printing: PRINTING },
  full: {
    tasks: 60,
    fewest: 4,
    rounds: 3,
    printing: { ...PRINTING, warmUpMs: 3000, measureMs: 8000 },
    large: { from: 100, to: 1000 },
  },
};

/** Yields the rows of whole runs, and that of the live table. */
export async function* measure(form) {
  const { tasks, fewest, rounds, printing, large } = FORMS[form];
  yield* beside(await runs({ tasks, rounds, ends: fewest }), tasks, 'no gate');
  yield* beside(await runs({ tasks, rounds, gate: GATE }), tasks, 'a small gate');
  if (large !== undefined) yield* growth(large);
  if (form !== 'quick') yield await gitRow(tasks);
  yield await tableRow(printing, rounds);
}

/**
 * Runs both in turn, and GNU parallel where there is one.
 *
 * @param {{ tasks: number, rounds: number, gate?: string, ends?: number }} what with `ends` a run of so few tasks goes with
 *   each: what it takes is what the start and the end of a run take
 */
async function runs({ tasks, rounds, gate, ends }) {
  const seen = { ours: [], script: [], parallel: [], short: [] };
  const ours = async () =>
    seen.ours.push(await onSite(tasks, (site) => orchestrated(site, { workers: WORKERS, gate })));
  const theirs = async () => {
    seen.script.push(await onSite(tasks, (site) => scripted(site, { workers: WORKERS, gate })));
    if (!hasParallel()) return;
    const how = { workers: WORKERS, gate, starter: 'parallel' };
    seen.parallel.push(await onSite(tasks, (site) => scripted(site, how)));
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const side of round % 2 === 0 ? [theirs, ours] : [ours, theirs]) await side();
    if (ends === undefined) continue;
    seen.short.push(await onSite(ends, (site) => orchestrated(site, { workers: WORKERS })));
  }
  return { ...seen, ends };
}

async function* beside({ ours, script, parallel, short, ends }, tasks, what) {
  const wall = { unit: 'ms a task', budget: { times: TIMES_SCRIPT } };
  const perTask = (side) => side.map((one) => one.wall / tasks);
  const name = `wall time of ${tasks} tasks, ${what}`;
  const [xargs, gnu] = [`the script by xargs -P ${WORKERS}`, `the script by GNU parallel -j ${WORKERS}`];
  yield rowOf({ ...wall, name, against: xargs, ours: perTask(ours), theirs: perTask(script) });
  if (parallel.length === 0) yield { name, against: gnu, missing: 'GNU parallel is not installed' };
  else yield rowOf({ ...wall, name, against: gnu, ours: perTask(ours), theirs: perTask(parallel) });
  if (short.length === 0) return;
  yield rowOf({
    name: `own processor time of one task more, of ${tasks}`,
    unit: 'ms a task',
    against: `all processes of ${xargs}`,
    budget: { most: CPU_MS },
    ours: ours.map(({ cpu }, index) => (cpu - short[index].cpu) / (tasks - ends)),
    theirs: script.map(({ cpu }) => cpu / tasks),
  });
  yield rowOf({
    name: `processes of ours at most, ${tasks} tasks`,
    unit: 'processes',
    against: `all processes of ${xargs}`,
    budget: { most: PROCESSES },
    ours: ours.map(({ processes }) => processes),
    theirs: script.map(({ processes }) => processes),
  });
  yield await memoryRow(tasks, ours);
}

async function memoryRow(tasks, ours) {
  const theirs = [];
  for (const { processes } of ours) theirs.push(await emptyNodes(processes));
  return rowOf({
    name: `memory of our processes together, ${tasks.toLocaleString('en-US')} tasks`,
    unit: 'MB',
    against: 'as many of node -e 0, kept alive',
    budget: { most: MEGABYTES },
    ours: ours.map(({ megabytes }) => megabytes),
    theirs,
  });
}

/** One run of each: the larger ones take minutes. The script becomes slower with the queue as well, which is a file in git. */
async function* growth({ from, to }) {
  const script = await onSite(to, (site) => scripted(site, { workers: WORKERS }));
  const [small, large] = [await alone(from), await alone(to)];
  const of = (tasks) => `${tasks.toLocaleString('en-US')} tasks`;
  yield rowOf({
    name: `wall time of ${of(to)}, no gate`,
    unit: 'ms a task',
    against: `the script by xargs -P ${WORKERS}`,
    budget: { times: TIMES_SCRIPT },
    ours: [large.wall / to],
    theirs: [script.wall / to],
  });
  yield rowOf({
    name: `own processor time of ${of(to)}, start and end of the run included`,
    unit: 'ms a task',
    against: `the same of ${of(from)}`,
    budget: { most: CPU_MS },
    ours: [large.cpu / to],
    theirs: [small.cpu / from],
  });
  yield await memoryRow(to, [large]);
}

function alone(tasks) {
  return onSite(tasks, (site) => orchestrated(site, { workers: WORKERS }));
}

async function gitRow(tasks) {
  const of = (run) => () =>
    onSite(tasks, async (site) => {
      const { git } = await run(site, { workers: WORKERS, traced: true });
      return Object.values(git).reduce((sum, count) => sum + count, 0) / tasks;
    });
  const seen = await pairs(of(orchestrated), of(scripted), { rounds: 1 });
  const against = `the script by xargs -P ${WORKERS}`;
  return rowOf({ name: 'git commands', unit: 'a task', against, budget: { times: GIT_TIMES }, ...seen });
}

async function tableRow({ agents, ...times }, rounds) {
  const [ours, theirs] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const seen = {};
    for (const live of round % 2 === 0 ? [true, false] : [false, true]) {
      seen[live] = await sharesOfCore({ agents, live, ...times });
    }
    ours.push(seen.true.ours - seen.false.ours);
    theirs.push((seen.true.theirs + seen.false.theirs) / 2);
  }
  return rowOf({
    name: `the live table, ${agents} agents that print`,
    unit: '% of a core',
    against: 'tail -F of their logs on a terminal',
    budget: { most: TABLE },
    ours,
    theirs,
  });
}
