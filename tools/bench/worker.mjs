// What ralph-worker costs: a workspace against the reference's sequence and against tar, an agent in memory and time,
// the end of many stubborn ones, and a flood. TMPDIR chooses the disk.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copiedRepository, generatedRepository } from './measure/generated-repository.mjs';
import { RunningWorker } from './measure/running-worker.mjs';
import { forgotten, prepared, reaped, referenced, removed, unpacked } from './measure/workspace-times.mjs';

const LARGE = { files: 24_000, commits: 30 };
const SMALL = { files: 120, commits: 100 };
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
    return [...(await ends(root)), ...(await costs(root)), ...(await flood(root))];
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
  for (let round = 0; round < rounds; round += 1) {
    // What else the machine does falls on all alike, and each comes first in turn.
    const one = {};
    const ours = async () => {
      one.fresh = await prepared(root, 'RQ-1');
      await removed(root, 'RQ-1');
      one.again = await prepared(root, 'RQ-1');
      await forgotten(root, 'RQ-1');
    };
    const theirs = async () => {
      one.reference = await referenced(root, 'RQ-1');
      one.tar = await unpacked(root, 'RQ-1');
    };
    for (const side of round % 2 === 0 ? [ours, theirs] : [theirs, ours]) await side();
    seen.push(one);
  }
  const times = (of) => seen.map((one) => of(one));
  const against = (of) => times((one) => of(one) / one.reference);
  const isWarm = seen.every(({ again }) => again.reused);
  show(
    `${what}: reference sequence, ms`,
    times((one) => one.reference),
  );
  show(
    `${what}: tar, ms`,
    times((one) => one.tar),
  );
  show(
    `${what}: fresh, ms of wall`,
    times((one) => one.fresh.wall),
  );
  show(
    `${what}: prepared again (${isWarm ? 'reused' : 'NOT reused'}), ms of wall`,
    times((one) => one.again.wall),
  );
  return [
    report(
      `${what}: fresh against the reference, wall`,
      against((one) => one.fresh.wall),
      fresh,
    ),
    report(
      `${what}: fresh against the reference, duration_ms`,
      against((one) => one.fresh.inner),
      fresh,
    ),
    report(
      `${what}: prepared again against the reference`,
      against((one) => one.again.wall),
      warm,
    ),
    report(
      `${what}: fresh against tar`,
      times((one) => one.fresh.inner / one.tar),
      tar,
    ),
  ];
}

async function together(root) {
  const ids = Array.from({ length: TOGETHER }, (_, index) => `RQ-${index + 1}`);
  const all = async (one) => {
    const begin = performance.now();
    await Promise.all(ids.map((id) => one(root, id)));
    return performance.now() - begin;
  };
  const ours = await all(prepared);
  await reaped(root);
  const reference = await all(referenced);
  show(`${TOGETHER} at once: reference sequence, ms`, [reference]);
  return [report(`${TOGETHER} at once: fresh against the reference, wall`, [ours / reference], 0.09)];
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
