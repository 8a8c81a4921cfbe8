// The queue of a world, drawn by chance.
import { between, pick, shuffled } from '../chance.mjs';
import { KINDS } from './kinds.mjs';

const AT = '2026-01-01T00:00:00Z';

/** Legal, and unpleasant for whoever shows them or hands them on. */
const TITLES = [
  'Mend the parser',
  '--upload-pack=touch pwned',
  '$(touch pwned) `touch pwned`; touch pwned',
  '<script>alert("1")</script> & so on',
  "It's \"quoted\" \\ and 'quoted' again",
  'Größe und 漢字 and 🚀🚀',
  'right to left \u202E reversed',
  `A title ${'that goes on and on '.repeat(15)}`,
  '-',
  '{"type":"task.completed","task_id":"RQ-0001"}',
];

const IDS = [
  (n) => `RQ-${String(n).padStart(4, '0')}`,
  (n) => `RQ-${String(n).padStart(4, '0')}`,
  (n) => `odd.id_${n}`,
];
const PRIORITIES = ['critical', 'high', 'medium', 'low', undefined];

/** Returns between ten and sixteen tasks with their kinds: the usual ones, and others of chance. */
export function generatedTasks(dice) {
  const usual = Object.keys(KINDS).filter((kind) => KINDS[kind].usual);
  const odd = Object.keys(KINDS).filter((kind) => !KINDS[kind].usual && kind !== 'unreachable');
  const drawn = shuffled(odd, dice).slice(0, between(5, 9, dice));
  const kinds = shuffled([...usual, 'shared', ...drawn, ...(drawn.includes('failing') ? ['unreachable'] : [])], dice);
  const named = kinds.map((kind, index) => ({ id: pick(IDS, dice)(index + 1), kind }));
  const idOf = (kind) => named.find((task) => task.kind === kind)?.id;
  return named.map(({ id, kind }) => {
    const needed = kind === 'dependent' ? idOf('edit') : kind === 'unreachable' ? idOf('failing') : undefined;
    return { kind, task: queueTask(id, { needed, title: pick(TITLES, dice), priority: pick(PRIORITIES, dice) }) };
  });
}

/** Returns a task as it stands in a queue file. */
export function queueTask(id, { title = `Task ${id}`, priority, needed } = {}) {
  return {
    id,
    status: 'todo',
    title,
    created_at: AT,
    updated_at: AT,
    ...(priority === undefined ? {} : { priority }),
    ...(needed === undefined ? {} : { depends_on: [needed] }),
  };
}

/** Returns a queue file with comments, as people write them. */
export function queueText(tasks) {
  const lines = tasks.map((task) => `    ${JSON.stringify(task)},`);
  return `// What is to be done.\n{\n  "version": 1,\n  "tasks": [\n${lines.join('\n')}\n  ],\n}\n`;
}
