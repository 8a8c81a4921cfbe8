import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { git } from '@ralph/protocol/process/git';
import { demoTasks, FIRST_FILES } from './demo-tasks.ts';

export interface DemoRepository {
  readonly folder: string;
  readonly root: string;
  readonly origin: string;
}

/** Makes a throw-away repository with a bare origin and a queue, below the folder for temporary files. */
export async function makeDemoRepository(): Promise<DemoRepository> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ralph-demo-')));
  const origin = join(folder, 'origin.git');
  const root = join(folder, 'cookbook');
  await git(['init', '-q', '--bare', '-b', 'main', origin], { cwd: folder });
  await git(['init', '-q', '-b', 'main', root], { cwd: folder });
  const inRepository = (...args: readonly string[]) => git(args, { cwd: root });
  await inRepository('remote', 'add', 'origin', origin);
  await inRepository('config', 'user.name', 'Demo');
  await inRepository('config', 'user.email', 'demo@example.invalid');
  await inRepository('config', 'commit.gpgsign', 'false');
  for (const [path, text] of Object.entries(FIRST_FILES)) write(root, path, text);
  await inRepository('add', '-A');
  await inRepository('commit', '-q', '-m', 'A cook book with one recipe');
  await inRepository('push', '-q', '-u', 'origin', 'main');
  write(
    root,
    RALPH_PATHS.queue,
    `${JSON.stringify({ version: 1, tasks: demoTasks(new Date().toISOString()) }, null, 2)}\n`,
  );
  return { folder, root, origin };
}

function write(root: string, path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
