import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { records, runProgram, type Transcript } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { runGit, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { finishedAttempt, type FinishedAttempt } from './finished-attempt.ts';

export const RUN = ['run', '--keep-workspaces', '--backoff', '1'] as const;

/** Returns a repository whose remote refuses every push, so that the same tree can be judged more than once. */
export function refusingRepository(files?: Readonly<Record<string, string>>): TestRepository {
  const repo = temporaryRepository(files);
  const hook = scriptedCommand(repo.folder, 'pre-receive', 'echo no >&2; exit 1');
  runGit(repo.origin, ['config', 'core.hooksPath', dirname(hook)]);
  return repo;
}

/** Returns a task with one new file. */
export function workOf(repo: TestRepository, id = 'T-1'): FinishedAttempt {
  return finishedAttempt(repo, id, { files: { 'a.txt': 'a\n' } });
}

/** Lands, or tries to land, one finished task with these gates. */
export function judged(
  repo: TestRepository,
  { line }: Pick<FinishedAttempt, 'line'>,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Transcript> {
  return runProgram('ralph-integrate', [...RUN, ...args], { cwd: repo.root, stdin: `${line}\n`, env });
}

/** Returns the events of gates in order, as `type gate` and what else is told of them. */
export function gateEvents({ stdout }: Pick<Transcript, 'stdout'>): Record<string, unknown>[] {
  return records(stdout).filter(({ type }) => String(type).startsWith('ci.'));
}

/** Returns `passed lint` and the like, for the events of gates in order. */
export function gateWords(end: Pick<Transcript, 'stdout'>): string[] {
  return gateEvents(end).map(({ type, gate, cached, flaky, cause }) =>
    [String(type).slice(3), gate, cached === true && 'cached', flaky === true && 'flaky', cause]
      .filter((word) => typeof word === 'string')
      .join(' '),
  );
}

/** Returns a shell command that leaves a line in a file of the test's folder, and how many there are. */
export function counter(
  repo: TestRepository,
  name = 'count',
): { readonly command: string; readonly count: () => number } {
  const path = join(repo.folder, name);
  return {
    command: `echo x >>${path}`,
    count: () => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0),
  };
}
