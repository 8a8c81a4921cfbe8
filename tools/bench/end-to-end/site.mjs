// Where one run is played: a bare origin, a clone with a queue of so many tasks that git carries, and an agent that
// leaves one small file.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drainDisk } from '../measure/drain-disk.mjs';
import { generatedRepository, git } from '../measure/generated-repository.mjs';
import { benchFolder } from '../measure/bench-folder.mjs';

const SIZE = { files: 100, commits: 20 };
const AGENT = `#!/bin/sh
echo "$RALPH_TASK_ID" > "$RALPH_TASK_ID.txt"
`;
const IGNORED = '.ralph/*\n!.ralph/queue.jsonc\n!.ralph/done.jsonc\n';
const AT = '2025-01-01T00:00:00Z';

export class Site {
  #folder = benchFolder();
  ids;

  static async of(tasks) {
    const site = new Site();
    site.ids = Array.from({ length: tasks }, (_, index) => `RQ-${String(index + 1).padStart(4, '0')}`);
    await generatedRepository(site.#folder, SIZE);
    const { root } = site;
    mkdirSync(join(root, '.ralph'));
    writeFileSync(join(root, '.ralph/queue.jsonc'), queueText(site.ids.map(taskOf)));
    writeFileSync(join(root, '.ralph/done.jsonc'), queueText([]));
    writeFileSync(join(root, '.gitignore'), IGNORED);
    git(root, 'add', '-A');
    git(root, 'commit', '-q', '-m', 'queue');
    git(root, 'push', '-q', 'origin', 'main');
    writeFileSync(site.agent, AGENT, { mode: 0o755 });
    drainDisk(site.#folder);
    return site;
  }

  get root() {
    return this.path('repo');
  }

  get agent() {
    return this.path('agent');
  }

  path(name) {
    return join(this.#folder, name);
  }

  /**
   * Insists that each task is on the target once, and done there.
   *
   * @throws Error that says what is wrong: what was not done is fast
   */
  requireLanded() {
    const origin = this.path('origin.git');
    const files = git(origin, 'ls-tree', '--name-only', 'main').split('\n');
    const has = new Set(files);
    const missing = this.ids.filter((id) => !has.has(`${id}.txt`));
    if (missing.length > 0)
      throw new Error(`${missing.length} tasks have not landed: ${missing.slice(0, 5).join(' ')}`);
    const tasksIn = (file) => JSON.parse(git(origin, 'show', `main:.ralph/${file}.jsonc`)).tasks;
    const [open, done] = [tasksIn('queue'), tasksIn('done')];
    if (open.length > 0 || done.length !== this.ids.length || done.some(({ status }) => status !== 'done'))
      throw new Error(`${open.length} tasks are still in the queue of the target, ${done.length} are done`);
  }

  remove() {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function taskOf(id) {
  return { id, status: 'todo', title: `Write the file of ${id}`, created_at: AT, updated_at: AT };
}

function queueText(tasks) {
  return `${JSON.stringify({ version: 1, tasks }, null, 2)}\n`;
}

/** Does something with a queue of so many tasks, and removes all that was made for it. */
export async function onSite(tasks, work) {
  const site = await Site.of(tasks);
  try {
    return await work(site);
  } finally {
    site.remove();
  }
}
