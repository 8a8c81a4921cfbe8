// What it costs to write the state file: one by one, as a coprocess, in large files; and the memory it takes.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeSampleRepository, sampleRecord } from '../sample-repository.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const launcher = join(root, 'packages/state/bin/ralph-state.cjs');
const STATE = '.ralph/cache/parallel/state.json';

const ONE_SHOTS = 21;
const UPDATES = 400;
const ROUNDS = 5;
const MANY = 10_000;
const FEW = 100;

/** Prints a line per measurement; with --check the status is 1 when one is over its budget. */
export async function run(args) {
  const kept = [...(await throughput()), ...(await largeFiles()), ...memory()];
  return args.includes('--check') && kept.includes(false) ? 1 : 0;
}

async function throughput() {
  return inRepository(10, async (folder) => {
    const oneShot = median(times(ONE_SHOTS, () => applyOnce(folder)));
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({
        inTurn: await coprocess(folder, UPDATES, 1),
        atOnce: await coprocess(folder, UPDATES * 10, 1000),
        bare: bareLoop(folder, UPDATES),
      });
    }
    const [inTurn, atOnce, bare] = ['inTurn', 'atOnce', 'bare'].map((name) => median(rounds.map((each) => each[name])));
    console.log(`one-shot apply                          ${oneShot.toFixed(1)} ms`);
    console.log(`coprocess, each after the last answer   ${inTurn.toFixed(3)} ms an update`);
    console.log(`coprocess, a thousand on their way      ${atOnce.toFixed(3)} ms an update`);
    console.log(`bare write + fsync + rename             ${bare.toFixed(3)} ms`);
    return [
      report('coprocess against one-shot', oneShot / atOnce, 100, 'least'),
      report('coprocess one by one against one-shot', oneShot / inTurn),
      report('coprocess against the bare loop', bare / atOnce, 0.5, 'least'),
      report('coprocess one by one against the bare loop', bare / inTurn),
    ];
  });
}

async function largeFiles() {
  const measure = (records) =>
    inRepository(records, async (folder) => {
      const rounds = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const bare = bareLoop(folder, 100);
        rounds.push({ bare, inTurn: await coprocess(folder, 100, 1), oneShot: applyOnce(folder) });
      }
      const of = (name) => median(rounds.map((each) => each[name]));
      const size = statSync(join(folder, STATE)).size;
      return { bare: of('bare'), inTurn: of('inTurn'), oneShot: of('oneShot'), size };
    });
  const [few, many] = [await measure(FEW), await measure(MANY)];
  for (const [count, { bare, inTurn, oneShot, size }] of [
    [FEW, few],
    [MANY, many],
  ]) {
    console.log(
      `1 record among ${count} (${size} bytes): coprocess ${inTurn.toFixed(2)} ms, one-shot ${oneShot.toFixed(1)} ms, ` +
        `bare loop ${bare.toFixed(2)} ms`,
    );
  }
  const apart = (name) => (many[name] - many.bare) / (few[name] - few.bare);
  return [
    report(`${MANY} against ${FEW} apart from the bytes, coprocess`, apart('inTurn'), 3, 'most'),
    report(`${MANY} against ${FEW} apart from the bytes, one-shot`, apart('oneShot'), 3, 'most'),
  ];
}

function memory() {
  return inRepository(MANY, (folder) => {
    const hook = join(folder, 'peak.cjs');
    writeFileSync(
      hook,
      `process.on('exit', () => require('node:fs').writeSync(2, '\\nPEAK ' + process.resourceUsage().maxRSS));`,
    );
    const peak = (args, input = '') => {
      const { stderr } = spawnSync(process.execPath, ['--require', hook, launcher, ...args], {
        cwd: folder,
        input,
        encoding: 'utf8',
        maxBuffer: 1e9,
      });
      return Number(/PEAK (\d+)/.exec(stderr)?.[1]) / 1024;
    };
    const stream = Array.from({ length: 2000 }, (_, index) => event(index)).join('');
    return [
      report(`MiB for list of ${MANY} records`, peak(['list']), 150, 'most'),
      report(`MiB for status of ${MANY} records`, peak(['status']), 150, 'most'),
      report(`MiB for 2000 updates of ${MANY} records`, peak(['apply'], stream), 150, 'most'),
    ];
  });
}

let attempts = 1000;

/** A later attempt at a known task: it always changes the file. */
function event(index = 0) {
  const { task_id, identity, workspace_path, base_commit, log_path, title } = sampleRecord((index % FEW) + 1);
  attempts += 1;
  const line = {
    v: 1,
    type: 'agent.started',
    at: new Date().toISOString(),
    task_id,
    attempt: attempts,
    pid: identity.pid,
  };
  return `${JSON.stringify({ ...line, identity, workspace_path, base_commit, log_path, title })}\n`;
}

function applyOnce(folder) {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [launcher, 'apply'], {
    cwd: folder,
    input: event(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return performance.now() - begin;
}

/** Returns the milliseconds for an update, with so many on their way at a time. */
async function coprocess(folder, updates, window) {
  const child = spawn(process.execPath, [launcher, 'apply', '--answer'], { cwd: folder });
  const lines = Array.from({ length: updates + 50 }, (_, index) => event(index));
  let [sent, answered] = [0, 0];
  let [begin, end] = [0, 0];
  const send = () => {
    let text = '';
    for (; sent < lines.length && sent - answered < window; sent += 1) text += lines[sent];
    if (text !== '') child.stdin.write(text);
  };
  child.stdout.setEncoding('latin1').on('data', (text) => {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) answered += 1;
    // The first ones find the code cold.
    if (begin === 0 && answered >= 50) begin = performance.now() - (answered - 50) * 1e-9;
    if (answered === lines.length) {
      end = performance.now();
      child.stdin.end();
    } else send();
  });
  send();
  await once(child, 'exit');
  return (end - begin) / updates;
}

/** What nobody can do without: the same bytes, written beside the file, synced and renamed. */
function bareLoop(folder, rounds) {
  const bytes = readFileSync(join(folder, STATE));
  const [next, path] = [
    join(folder, '.ralph/cache/parallel/bare.next'),
    join(folder, '.ralph/cache/parallel/bare.json'),
  ];
  const begin = performance.now();
  for (let round = 0; round < rounds; round += 1) {
    const fd = openSync(next, 'w');
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
    fsyncSync(fd);
    closeSync(fd);
    renameSync(next, path);
  }
  const time = (performance.now() - begin) / rounds;
  rmSync(path);
  return time;
}

function inRepository(records, work) {
  const folder = mkdtempSync(join(tmpdir(), 'ralph-bench-'));
  makeSampleRepository(folder, records);
  const clean = () => rmSync(folder, { recursive: true, force: true });
  let result;
  try {
    result = work(folder);
  } catch (error) {
    clean();
    throw error;
  }
  if (!(result instanceof Promise)) {
    clean();
    return result;
  }
  return result.finally(clean);
}

function times(rounds, one) {
  return Array.from({ length: rounds }, one);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function report(what, value, budget, side) {
  const kept = side === undefined || (side === 'most' ? value <= budget : value >= budget);
  const verdict = side === undefined ? '' : `${kept ? 'within' : 'OVER'} at ${side} ${budget}`;
  console.log(`${what.padEnd(52)} ${value.toFixed(2).padStart(8)}  ${verdict}`);
  return kept;
}
