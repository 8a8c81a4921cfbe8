import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import type { Places } from './leavings.ts';

/** Every so many tasks one fails, which leaves other things behind than one that lands. */
const FAILS_EVERY = 37;

export interface GrowthSite extends Places {
  readonly repository: TestRepository;
  readonly agent: string;
  /** Where processes tell what is left of their heaps. */
  readonly heaps: string;
  /** The tasks that are to land. */
  readonly landing: readonly string[];
}

/**
 * Makes a repository with a queue of so many tasks, which git carries, and an agent that writes one file and prints some
 * lines.
 *
 * @param seconds how long an agent takes, as sleep(1) reads it
 */
export function growthSite(tasks: number, seconds: string): GrowthSite {
  const ids = Array.from({ length: tasks }, (_, index) => `RQ-${String(index + 1).padStart(4, '0')}`);
  const repository = temporaryRepository({
    'README.md': '# test\n',
    '.gitignore': '.ralph/*\n!.ralph/queue.jsonc\n!.ralph/done.jsonc\n',
  });
  const { folder, root, workspaces } = repository;
  repository.queue(ids.map((id) => queueTask(id)));
  repository.write('.ralph/done.jsonc', JSON.stringify({ version: 1, tasks: [] }, null, 2));
  repository.git('add', '-A');
  repository.git('commit', '-q', '-m', 'queue');
  repository.git('push', '-q', 'origin', 'main');
  const agent = scriptedCommand(
    folder,
    'agent',
    `cat >/dev/null
sleep ${seconds}
seq 200
number=\${RALPH_TASK_ID#RQ-}
[ $(expr "$number" % ${FAILS_EVERY}) != 0 ] || exit 1
mkdir -p "$(expr "$number" / 100)"
echo "$RALPH_TASK_ID" > "$(expr "$number" / 100)/$RALPH_TASK_ID.txt"`,
  );
  const [temporary, heaps] = ['temporary', 'heaps'].map((name) => join(folder, name)) as [string, string];
  for (const path of [temporary, heaps]) mkdirSync(path);
  writeFileSync(join(folder, 'errors'), '');
  const landing = ids.filter((_, index) => (index + 1) % FAILS_EVERY !== 0);
  return { repository, root, workspaces, temporary, agent, heaps, landing };
}

/** Returns the tasks whose work is on the target branch, each as often as it is there. */
export function landedTasks({ repository }: GrowthSite): string[] {
  const files = repository.gitOrigin('ls-tree', '-r', '--name-only', 'main').split('\n');
  return files.flatMap((path) => /RQ-\d+(?=\.txt$)/.exec(path)?.[0] ?? []);
}
