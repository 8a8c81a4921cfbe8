import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';

/** Prepares a workspace, and returns what was printed. */
export const prepare = async (repo: TestRepository, id: string, ...args: readonly string[]) => {
  const env = { OUT: repo.folder };
  const transcript = await runProgram('ralph-worker', ['prepare', id, ...args], { cwd: repo.root, env });
  return { ...transcript, rows: records(transcript.stdout), path: join(repo.workspaces, id) };
};

/** Runs another command, and returns its records. */
export const worker = async (repo: TestRepository, ...args: readonly string[]) =>
  records((await runProgram('ralph-worker', args, { cwd: repo.root })).stdout);

/** A set-up that counts its runs, as an installation of ten dependencies of 4 KiB, one of them behind a symlink. */
export const INSTALL = `echo run >> "$OUT/runs"; mkdir -p deps/bin; for n in 0 1 2 3 4 5 6 7 8 9; do
  head -c 4096 /dev/zero | tr '\\0' a > deps/d$n; done; echo 'echo tool' > deps/bin/tool; chmod 755 deps/bin/tool; ln -s bin/tool deps/link`;

/** A repository whose dependencies are ignored and named by a lock file. */
export const dependent = () =>
  temporaryRepository({ '.gitignore': 'deps/\n', 'deps.lock': 'one\n', 'README.md': '# test\n' });

/** Returns how often the set-up has run. */
export const runsOf = ({ folder }: TestRepository) => readFileSync(join(folder, 'runs'), 'utf8').split('\n').length - 1;

/** The set-up, shared by the lock file. */
export const KEYED = ['--setup', INSTALL, '--setup-key', 'deps.lock'] as const;

/** Returns the stored results. */
export const stored = ({ workspaces }: TestRepository) =>
  readdirSync(join(workspaces, '.ralph-setup')).map((name) => join(workspaces, '.ralph-setup', name));
