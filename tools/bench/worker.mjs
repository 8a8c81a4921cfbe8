// What ralph-worker costs: a workspace against the reference's sequence and against tar, an agent in memory and time,
// the end of many stubborn ones, and a flood. TMPDIR chooses the disk.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copiedRepository, generatedRepository } from './measure/generated-repository.mjs';
import { RunningWorker } from './measure/running-worker.mjs';
import { prepared, reaped, referenced, removed, unpacked } from './measure/workspace-times.mjs';

const LARGE = { files: 24_000, commits: 30 };
const SMALL = { files: 500, commits: 1000 };
const project = fileURLToPath(new URL('../..', import.meta.url));
const ROUNDS = 3;
/** Against the reference's sequence; `tar` against writing the same files. */
const LARGE_BUDGETS = { rounds: 3, fresh: 0.09, warm: 0.03, tar: 1.35 };
const SMALL_BUDGETS = { rounds: 7, fresh: 0.15 };
const TOGETHER = 8;
const FEW_AGENTS = 4;
const MANY_AGENTS = 36;
const FLOOD_BYTES = 2_000_000_000;

const IDLE = 'exec sleep 1000';
const STUBBORN = `trap '' INT TERM HUP
setsid sh -c 'trap "" INT TERM HUP; while :; do sleep 0.2; done' &
echo deaf; while :; do sleep 0.2; done`;

const PARTS = {
  agents: async (folder) => {
    const root = await generatedRepository(folder, SMALL);
    return [...(await ends(root)), ...(await inMemory(costs)), ...(await flood(root))];
  },
  small: async (folder) => workspaces('small repository', await generatedRepository(folder, SMALL), SMALL_BUDGETS),
  project: (folder) => workspaces('this project', copiedRepository(folder, project), SMALL_BUDGETS),
  large: async (folder) => {
    const root = await generatedRepository(folder, LARGE);
    return [...(await workspaces(`${LARGE.files} files`, root, LARGE_BUDGETS)), ...(await together(root))];
  },
};

/** Prints a line per measurement, of the parts named or of all; with --check the status is 1 when one is over its budget. */
export async function run(args) {
  const named = Object.keys(PARTS).filter((name) => args.includes(name));
  const kept = [];
  for (const name of named.length > 0 ? named : Object.keys(PARTS)) {
    const folder = mkdtempSync(join(tmpdir(), 'ralph-bench-'));
    try {
      kept.push(...(await PARTS[name](folder)));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return args.includes('--check') && kept.includes(false) ? 1 : 0;
}

async function workspaces(what, root, { rounds, fresh, warm, tar }) {
  const seen = [];
  const makers = [new RunningWorker(root, 'exit 1', 1, '--fresh'), new RunningWorker(root, 'exit 1', 1)];
  // The first of each is not measured: it finds nothing to reuse, and a program that has only just started.
  for (const maker of makers) await maker.workspace();
  for (let round = 0; round < rounds; round += 1) {
    // What else the machine does falls on all alike, and each comes first in turn.
    const one = {};
    const ours = async () => {
      [one.fresh, one.again] = [await makers[0].workspace(), await makers[1].workspace()];
      one.prepare = await prepared(root, 'RQ-P', '--fresh');
      await removed(root, 'RQ-P');
    };
    const theirs = async () => {
      one.reference = await referenced(root, 'RQ-1');
      one.tar = await unpacked(root, 'RQ-1');
    };
    for (const side of round % 2 === 0 ? [ours, theirs] : [theirs, ours]) await side();
    seen.push(one);
  }
  for (const maker of makers) await maker.end();
  await reaped(root);
  const times = (of) => seen.map((one) => of(one));
  const against = (of) => times((one) => of(one) / one.reference);
  const how = seen.every(({ again }) => again.reused) ? 'reused' : 'fresh again';
  /** @type {[string, (one: any) => number][]} */
  const rows = [
    ['reference sequence, ms', (one) => one.reference],
    ['tar, ms', (one) => one.tar],
    ['fresh in a run, ms', (one) => one.fresh.duration_ms],
    [`the next in a run (${how}), ms`, (one) => one.again.duration_ms],
    ['the command prepare --fresh, ms of wall', (one) => one.prepare.wall],
  ];
  for (const [row, of] of rows) show(`${what}: ${row}`, times(of));
  return [
    report(
      `${what}: fresh against the reference`,
      against((one) => one.fresh.duration_ms),
      fresh,
    ),
    report(
      `${what}: the next against the reference`,
      against((one) => one.again.duration_ms),
      warm,
    ),
    report(
      `${what}: fresh against tar`,
      times((one) => one.fresh.duration_ms / one.tar),
      tar,
    ),
  ];
}

/** Eight at once by one run against eight sequences at once. */
async function together(root) {
  const worker = new RunningWorker(root, IDLE, TOGETHER, '--fresh');
  const begin = performance.now();
  worker.give(TOGETHER);
  await worker.saw('workspace.ready', TOGETHER);
  const ours = performance.now() - begin;
  await worker.end('SIGTERM');
  await reaped(root);
  const started = performance.now();
  await Promise.all(Array.from({ length: TOGETHER }, (_, index) => referenced(root, `RQ-${index + 1}`)));
  const reference = performance.now() - started;
  show(`${TOGETHER} at once: reference sequence, ms`, [reference]);
  show(`${TOGETHER} at once: fresh in a run, ms with its start`, [ours]);
  return [report(`${TOGETHER} at once: fresh against the reference`, [ours / reference], 0.09)];
}

async function ends(root) {
  const [agents, all] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const worker = new RunningWorker(root, STUBBORN, TOGETHER);
    worker.give(TOGETHER);
    // It says so once each is deaf to signals.
    await worker.saw('agent.progress', TOGETHER);
    const ended = worker.end('SIGTERM');
    agents.push(await worker.agentsGone());
    all.push(await ended);
  }
  show(`${TOGETHER} stubborn agents, ms from the signal until they are gone`, agents);
  return [report(`${TOGETHER} stubborn agents, ms from the signal to our end`, all, 2500)];
}

/** What the disk makes of a file is not ours: some need half a millisecond of the processor for each. */
async function inMemory(measure) {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'ralph-bench-'));
  try {
    return await measure(await generatedRepository(folder, SMALL));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** By the difference of many and few, so that the start of the program itself does not count. */
async function costs(root) {
  const [memory, start, whole] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [few, many] = [await idle(root, FEW_AGENTS), await idle(root, MANY_AGENTS)];
    const each = (of) => (of(many) - of(few)) / (MANY_AGENTS - FEW_AGENTS);
    memory.push(each(({ memory: megabytes }) => megabytes));
    start.push(each(({ time }) => time));
    whole.push(await attempts(root));
  }
  return [
    report('MB of memory for each further agent', memory, 1),
    report('ms of our CPU for each agent, until it runs', start, 5),
    report('ms of our CPU for each agent, the whole attempt', whole),
  ];
}

async function idle(root, agents) {
  const worker = new RunningWorker(root, IDLE, agents);
  worker.give(agents);
  await worker.saw('agent.started', agents);
  const seen = { memory: worker.memory('VmRSS'), time: worker.ownTime() };
  await worker.end('SIGTERM');
  return seen;
}

async function attempts(root) {
  const worker = new RunningWorker(root, 'echo x > "$RALPH_TASK_ID"', FEW_AGENTS);
  worker.give(FEW_AGENTS);
  await worker.saw('agent.finished', FEW_AGENTS);
  const before = worker.ownTime();
  worker.give(MANY_AGENTS - FEW_AGENTS, FEW_AGENTS + 1);
  await worker.saw('agent.finished', MANY_AGENTS);
  const time = (worker.ownTime() - before) / (MANY_AGENTS - FEW_AGENTS);
  await worker.end();
  await reaped(root);
  return time;
}

async function flood(root) {
  const worker = new RunningWorker(root, `yes 'flooding the log' | head -c ${FLOOD_BYTES}; echo x > x`, 1);
  worker.give(1);
  await worker.saw('agent.started', 1);
  const begin = performance.now();
  await worker.saw('agent.finished', 1);
  const rate = FLOOD_BYTES / 1e3 / (performance.now() - begin);
  const peak = worker.memory('VmHWM');
  await worker.end();
  await removed(root, 'RQ-1');
  show(`a flood of ${FLOOD_BYTES / 1e9} GB, MB/s`, [rate]);
  return [report('MB of our memory at most in the flood', [peak], 150)];
}

function report(what, values, budget) {
  const { median, text } = spread(values);
  const kept = budget === undefined || median <= budget;
  const verdict = budget === undefined ? '' : kept ? `within ${budget}` : `OVER ${budget}`;
  console.log(`${what.padEnd(58)} ${text}  ${verdict}`.trimEnd());
  return kept;
}

function show(what, values) {
  console.log(`${what.padEnd(58)} ${spread(values).text}`);
}

function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const digits = (value) => value.toFixed(value < 10 ? 3 : 0).padStart(6);
  const median = sorted[sorted.length >> 1];
  return { median, text: `${digits(median)} (${digits(sorted[0])} to ${digits(sorted.at(-1))} of ${values.length})` };
}
