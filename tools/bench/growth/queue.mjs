// The queue: what it costs to choose a task from it, and to work off one task of it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedRepository, git, plainEnvironment } from '../measure/generated-repository.mjs';
import { timed } from '../measure/one-program.mjs';
import { turns } from '../measure/turns.mjs';
import { Coprocess } from './coprocess.mjs';
import { launcher, seriesBySize } from './sizes.mjs';
import { watchedRun } from './watched-run.mjs';

const QUEUE = '.ralph/queue.jsonc';
const PARSE = `JSON.parse(require('node:fs').readFileSync('${QUEUE}', 'utf8'))`;
const SCRIPT = fileURLToPath(new URL('../end-to-end/land.sh', import.meta.url));
const MOVE = fileURLToPath(new URL('../end-to-end/move.awk', import.meta.url));
const AT = '2025-01-01T00:00:00Z';
const of = 'tasks';
const UNBOUND = { exclude: [], busy: [], include_draft: false, busy_scopes: [], finished_only: false };

/** Yields the series of the queue. */
export async function* queue({ sizes, rounds }) {
  const parsed = 'node that parses the same file';
  const script = 'a shell script with the same git steps';
  const asked = [
    { name: 'ralph-state task next', of, unit: 'ms', against: parsed, ours: 'next', theirs: 'parse' },
    { name: 'ralph-state task validate', of, unit: 'ms', against: parsed, ours: 'validate', theirs: 'parse' },
    {
      name: 'the choice of the next task in a run',
      of,
      unit: 'ms',
      against: 'JSON.parse of the same bytes',
      ours: 'choice',
      theirs: 'bareParse',
    },
    { name: 'ralph-orchestrate run --max-tasks 1', of, unit: 'ms', against: script, ours: 'run', theirs: 'script' },
    {
      name: 'memory of all our processes in such a run',
      of,
      unit: 'MB',
      against: 'the bytes of the queue',
      ours: 'memory',
      theirs: 'megabytes',
    },
  ];
  yield* await seriesBySize(sizes, asked, (folder, size) => measured(folder, size, rounds));
}

async function measured(folder, size, rounds) {
  const root = await generatedRepository(folder, { files: 100, commits: 20 });
  const text = withQueue(root, size);
  const agent = join(folder, 'agent');
  writeFileSync(agent, '#!/bin/sh\necho "$RALPH_TASK_ID" > "$RALPH_TASK_ID.txt"\n', { mode: 0o755 });
  const node = process.execPath;
  const memory = [];
  let last = size;
  const one = async () => {
    const { wall, megabytes } = await watchedRun(root, ['--workers', '1', '--max-tasks', '1', '--', agent]);
    memory.push(megabytes);
    return wall;
  };
  const byScript = () => {
    const space = join(folder, 'space');
    mkdirSync(space);
    const begin = performance.now();
    const env = { BENCH_SPACE: space, BENCH_ROOT: root, BENCH_ORIGIN: join(folder, 'origin.git') };
    execFileSync('sh', [SCRIPT, idOf(last)], {
      cwd: root,
      env: plainEnvironment({ ...env, BENCH_AGENT: agent, BENCH_GATE: '', BENCH_MOVE: MOVE }),
      stdio: 'ignore',
    });
    const time = performance.now() - begin;
    rmSync(space, { recursive: true });
    last -= 1;
    return time;
  };
  const state = (...words) => timed(node, [launcher('state'), ...words], root);
  const reading = {
    next: () => state('task', 'next'),
    validate: () => state('task', 'validate'),
    parse: () => timed(node, ['-e', PARSE], root),
    ...(await choices(root, text)),
  };
  const { end, ...sides } = reading;
  const seen = await turns(sides, { rounds });
  await end();
  const landed = await turns({ run: one, script: byScript }, { rounds: Math.min(rounds, Math.floor(size / 2)) });
  requireLanded(join(folder, 'origin.git'), landed.run.length + landed.script.length);
  return { ...seen, ...landed, memory, megabytes: memory.map(() => text.length / 1e6) };
}

async function choices(root, text) {
  const coprocess = new Coprocess(root);
  const ask = () => coprocess.ask({ v: 1, type: 'task.select', ...UNBOUND });
  const time = async (act) => {
    const begin = performance.now();
    await act();
    return performance.now() - begin;
  };
  for (const _ of [1, 2, 3]) await ask();
  return { choice: () => time(ask), bareParse: () => time(() => JSON.parse(text)), end: () => coprocess.end() };
}

function withQueue(root, size) {
  const tasks = Array.from({ length: size }, (_, index) => {
    const id = idOf(index + 1);
    return { id, status: 'todo', title: `Write the file of ${id}`, created_at: AT, updated_at: AT };
  });
  const text = textOf(tasks);
  mkdirSync(join(root, '.ralph'));
  writeFileSync(join(root, QUEUE), text);
  writeFileSync(join(root, '.ralph/done.jsonc'), textOf([]));
  writeFileSync(join(root, '.gitignore'), '.ralph/*\n!.ralph/queue.jsonc\n!.ralph/done.jsonc\n');
  git(root, 'add', '-A');
  git(root, 'commit', '-q', '-m', 'queue');
  git(root, 'push', '-q', 'origin', 'main');
  return text;
}

function requireLanded(origin, count) {
  const { tasks } = JSON.parse(git(origin, 'show', 'main:.ralph/done.jsonc'));
  if (tasks.length !== count) throw new Error(`${tasks.length} tasks have landed, not ${count}`);
}

function idOf(number) {
  return `RQ-${String(number).padStart(6, '0')}`;
}

function textOf(tasks) {
  return `${JSON.stringify({ version: 1, tasks }, null, 2)}\n`;
}
