import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { handoff, type Handoff } from '@ralph/protocol/contract/handoff';
import { records, runProgram, type Transcript } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { finishedAttempt, foreignPush, type FinishedAttempt } from './finished-attempt.ts';

/** What a run with a resolver is started with. */
export const RUN = ['run', '--keep-workspaces', '--backoff', '1'] as const;

/** Lands attempts with a shell script as the resolver; scripts find the test's folder in `OUT`. */
export function landWith(
  repo: TestRepository,
  attempts: readonly Pick<FinishedAttempt, 'line'>[],
  resolver: string,
  ...args: readonly string[]
): Promise<Transcript> {
  const script = scriptedCommand(repo.folder, 'resolver', resolver);
  return runProgram('ralph-integrate', [...RUN, '--resolver', script, ...args], {
    cwd: repo.root,
    stdin: attempts.map(({ line }) => `${line}\n`).join(''),
    env: { OUT: repo.folder },
  });
}

/** Returns the events of one type, in order. */
export function eventsOf({ stdout }: Pick<Transcript, 'stdout'>, type: string): Record<string, unknown>[] {
  return records(stdout).filter((record) => record['type'] === type);
}

/** Returns the packets that are in a workspace, in order. */
export function handoffsIn(workspace: string, id: string): Handoff[] {
  const folder = join(workspace, '.ralph/cache/parallel/handoffs', id);
  return readdirSync(folder)
    .toSorted()
    .map((name) => handoff.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))));
}

/** Returns the lines of a file that a script has written to the test's folder. */
export function linesIn(repo: TestRepository, name: string): string[] {
  return readFileSync(join(repo.folder, name), 'utf8').trimEnd().split('\n');
}

/** Both sides change the same line of a file. */
export function rivals(path = 'a.txt'): { repo: TestRepository; attempt: FinishedAttempt } {
  const repo = temporaryRepository({ [path]: 'old\n', 'b.txt': 'b\n' });
  const attempt = finishedAttempt(repo, 'T-1', { files: { [path]: 'mine\n', 'new.txt': 'new\n' } });
  foreignPush(repo, path, 'theirs\n');
  return { repo, attempt };
}
