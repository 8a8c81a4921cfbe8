// Others who edit the queue and the state file while a run goes on.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pick, shuffled } from '../chance.mjs';
import { callProgram, programWords } from '../one-run.mjs';
import { queueTask } from '../world/queue.mjs';
import { foreignCommit } from './foreign-commit.mjs';
import { striking } from './striking.mjs';

const QUEUE = '.ralph/queue.jsonc';
const STATE = '.ralph/cache/parallel/state.json';
/** Of the state file: our programs must leave it there. */
export const FIELD_OF_OTHERS = 'of_others';
const LOCK = '.ralph/cache/parallel/state.lock';

/** Each returns the text of the queue as somebody has edited it, who may add the task with an id. */
const EDITS = {
  comment: (text) => `// Somebody thought of something.\n${text}`,
  reorder: (text, id, dice) => {
    const lines = text.split('\n');
    const places = lines.flatMap((line, at) => (/^ {4}\{.*\},$/.test(line) ? [at] : []));
    const moved = shuffled(
      places.map((at) => lines[at]),
      dice,
    );
    for (const [index, at] of places.entries()) lines[at] = moved[index];
    return lines.join('\n');
  },
  append: (text, id) => text.replace(/("tasks": ?\[)/, `$1\n    ${JSON.stringify(queueTask(id))},`),
};

/** Adds a field to a JSON file and replaces it as a whole. */
const ADD = `
const { readFileSync, renameSync, writeFileSync } = require('node:fs');
const [file, field] = process.argv.slice(1);
writeFileSync(file + '~', JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), [field]: 'stays' }));
renameSync(file + '~', file);
`;

/** A polite editor: it takes the lock of the writers. */
async function editState(world) {
  const file = join(world.root, STATE);
  if (!existsSync(file)) return 0;
  const words = [join(world.root, LOCK), process.execPath, '-e', ADD, file, FIELD_OF_OTHERS];
  if (spawnSync('flock', words, { env: world.env }).status !== 0) return 0;
  world.isStateEdited = true;
  return 1;
}

async function editQueue(world, run, dice) {
  const edit = pick(Object.values(EDITS), dice);
  const id = nextTask(world);
  let text = '';
  // It may have to be done again, when others were faster.
  const edited = (before) => {
    text = edit(before, id, dice);
    return text;
  };
  const times = world.tracked
    ? foreignCommit(world, 'of others, to the queue', (read) => ({ [QUEUE]: edited(read(QUEUE)) }))
    : replaceQueue(world, edited);
  if (times === 0 || !text.includes(`"${id}"`)) world.tasks.delete(id);
  return times;
}

function replaceQueue(world, edited) {
  const file = join(world.root, QUEUE);
  const before = readFileSync(file, 'utf8');
  writeFileSync(`${file}~`, edited(before));
  // Between two looks a writer of ours may have been there: then it is that writer's text which counts.
  if (readFileSync(file, 'utf8') !== before) return 0;
  renameSync(`${file}~`, file);
  return 1;
}

/** Makes a task known that is about to be added: it may be begun at once. */
function nextTask(world) {
  const id = `NEW-${world.tasks.size + 1}`;
  writeFileSync(join(world.folder, 'kinds', id), 'edit');
  world.tasks.set(id, 'edit');
  return id;
}

async function askState(world, run, dice) {
  const id = pick([...world.tasks.keys()], dice);
  const orders = [['retry', id], ['remove', id], ['prune', '--older-than', '0'], ['repair'], ['status'], ['list']];
  const { status } = await callProgram(world, 'ralph-state', pick(orders, dice));
  return status === null ? 0 : 1;
}

async function addTask(world) {
  if (world.tracked) return 0;
  const id = nextTask(world);
  const [node, script] = programWords('ralph-state');
  const { root: cwd, env } = world;
  const { status } = spawnSync(node, [script, 'task', 'import'], {
    cwd,
    env,
    input: `${JSON.stringify(queueTask(id))}\n`,
  });
  if (status === 0) return 1;
  world.tasks.delete(id);
  return 0;
}

const withFlock = () => (spawnSync('flock', ['--version']).status === 0 ? undefined : 'flock is not installed');

/** @type {readonly import('./list.mjs').Fault[]} */
export const FOREIGN_EDITS = [
  striking('queue edited by others', 'foreign', editQueue, () => undefined),
  striking('tasks added by others', 'foreign', addTask, () => undefined),
  striking('orders to ralph-state', 'foreign', askState, () => undefined),
  striking('state file edited by others', 'foreign', editState, withFlock),
];
