// What a whole run costs beside its agents: queues of 100, 300 and 1,000 tasks with an agent that leaves one file, ours
// alone and beside a shell script that does the same git steps. TMPDIR chooses the disk; one in memory is quiet.
import { orchestrated } from './orchestrate/ours.mjs';
import { scripted } from './orchestrate/script.mjs';
import { Site } from './orchestrate/site.mjs';

const WORKERS = 4;
const GATE = 'test -f .gitignore';
const PROCESSES = 5;
const CPU_MS = 25;
const MEGABYTES = 400;
const GROWTH = 1.2;
const TIMES_SCRIPT = 1.3;

const QUICK = { sizes: [30, 100], beside: { tasks: 60, rounds: 3 } };
const FULL = { sizes: [100, 300, 1000], beside: { tasks: 100, rounds: 5 } };

/**
 * Prints what a run costs; `quick` takes three minutes, everything some fifteen; `--git` tells what git was asked for.
 * With --check the status is 1 when a budget was not kept.
 */
export async function run(args) {
  const { sizes, beside } = args.includes('quick') ? QUICK : FULL;
  if (args.includes('--git')) await gitCalls(sizes[0]);
  const kept = [...(await growth(sizes)), ...(await pairs(beside, undefined)), ...(await pairs(beside, GATE))];
  return args.includes('--check') && kept.includes(false) ? 1 : 0;
}

async function growth(sizes) {
  console.log('tasks   wall ms   our CPU ms (each a task)   MB of ours   processes   refs   MB of events');
  const rows = [];
  for (const tasks of sizes) {
    const one = await once(tasks, (site) => orchestrated(site, { workers: WORKERS }));
    const [wall, cpu] = [one.wall / tasks, one.cpu / tasks];
    const of = Object.entries(one.times).map(
      ([name, ms]) => `${name.replace('ralph-', '')} ${(ms / tasks).toFixed(1)}`,
    );
    console.log(
      [
        String(tasks).padStart(5),
        wall.toFixed(0).padStart(10),
        cpu.toFixed(1).padStart(13),
        ` (${of.join(', ')})`,
        one.peakMegabytes.toFixed(0).padStart(6),
        String(one.most).padStart(4),
        String(one.refs).padStart(7),
        (one.events / 1e6).toFixed(2).padStart(8),
      ].join(''),
    );
    rows.push({ wall, cpu, megabytes: one.peakMegabytes, most: one.most });
  }
  const [first, last] = [rows[0], rows.at(-1)];
  const much = `${sizes.at(-1)} tasks`;
  return [
    report(`${much}: wall a task in times of ${sizes[0]}`, last.wall / first.wall, GROWTH),
    report(`${much}: memory in times of ${sizes[0]}`, last.megabytes / first.megabytes, GROWTH),
    report(`${much}: ms of our CPU a task`, last.cpu, CPU_MS),
    report(`${much}: MB of our processes together at most`, last.megabytes, MEGABYTES),
    report(`${much}: processes of ours at most`, last.most, PROCESSES),
  ];
}

/** Both sides in turn, each first every other time: what else the machine does falls on both. */
async function pairs({ tasks, rounds }, gate) {
  const seen = [];
  for (let round = 0; round < rounds; round += 1) {
    const one = {};
    const ours = async () => {
      one.ours = (await once(tasks, (site) => orchestrated(site, { workers: WORKERS, gate }))).wall / tasks;
    };
    const theirs = async () => {
      one.theirs = (await once(tasks, (site) => scripted(site, { workers: WORKERS, gate }))) / tasks;
    };
    for (const side of round % 2 === 0 ? [ours, theirs] : [theirs, ours]) await side();
    seen.push(one);
  }
  const what = `${tasks} tasks, ${gate === undefined ? 'no gate' : 'a small gate'}`;
  show(
    `${what}: ours, wall ms a task`,
    seen.map(({ ours }) => ours),
  );
  show(
    `${what}: script with xargs -P ${WORKERS}, wall ms a task`,
    seen.map(({ theirs }) => theirs),
  );
  return [
    report(
      `${what}: wall in times of the script`,
      seen.map(({ ours, theirs }) => ours / theirs),
      TIMES_SCRIPT,
    ),
  ];
}

async function gitCalls(tasks) {
  const { git } = await once(tasks, (site) => orchestrated(site, { workers: WORKERS, traced: true }));
  const calls = Object.entries(git).map(([name, count]) => `${name} ${(count / tasks).toFixed(1)}`);
  const sum = Object.values(git).reduce((all, count) => all + count, 0);
  console.log(`git for a task: ${(sum / tasks).toFixed(1)} calls: ${calls.join(', ')}`);
}

async function once(tasks, measure) {
  const site = await Site.of(tasks);
  try {
    return await measure(site);
  } finally {
    site.remove();
  }
}

function report(what, value, budget) {
  const { median, text } = spread([value].flat());
  const kept = median <= budget;
  console.log(`${what.padEnd(66)} ${text}  ${kept ? 'within' : 'OVER'} ${budget}`);
  return kept;
}

function show(what, values) {
  console.log(`${what.padEnd(66)} ${spread(values).text}`);
}

function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const digits = (value) => value.toFixed(value < 10 ? 2 : 0).padStart(6);
  const median = sorted[sorted.length >> 1];
  const range = values.length === 1 ? '' : ` (${digits(sorted[0])} to ${digits(sorted.at(-1))} of ${values.length})`;
  return { median, text: `${digits(median)}${range}` };
}
