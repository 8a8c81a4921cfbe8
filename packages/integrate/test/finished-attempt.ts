import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { records, type Transcript } from '@ralph/protocol/testing/run-built-program';
import { runGit, type TestRepository } from '@ralph/protocol/testing/temporary-repository';

export interface FinishedAttempt {
  readonly workspace: string;
  readonly base: string;
  readonly head: string;
  /** The line that ralph-worker prints about it, without its newline. */
  readonly line: string;
  git(...args: readonly string[]): string;
}

export interface AttemptParts {
  readonly attempt?: number;
  /** Whether the workspace has all objects itself, as with ralph-worker's `--isolation local`, and borrows none. */
  readonly lone?: boolean;
  /** Content by path, in one commit. */
  readonly files: Readonly<Record<string, string>>;
}

/** Makes what an agent that has ended well leaves: a workspace with a commit, and its tip parked in the repository. */
export function finishedAttempt(
  repository: TestRepository,
  id: string,
  { attempt = 1, lone = false, files }: AttemptParts,
): FinishedAttempt {
  const workspace = join(repository.workspaces, id);
  mkdirSync(repository.workspaces, { recursive: true });
  const base = repository.gitOrigin('rev-parse', 'main');
  const borrowing = lone ? [] : ['--reference', repository.root];
  runGit(repository.folder, ['clone', '-q', ...borrowing, repository.origin, workspace]);
  const git = (...args: readonly string[]) => runGit(workspace, args);
  git('config', 'user.name', 'Agent');
  git('config', 'user.email', 'agent@example.invalid');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
  git('add', '-A');
  git('commit', '-q', '-m', `${id}: work`);
  const says = { task_id: id, attempt, base_commit: base, target_branch: 'main', repo_root: repository.root };
  mkdirSync(join(workspace, '.git/ralph'), { recursive: true });
  writeFileSync(join(workspace, '.git/ralph/workspace.json'), JSON.stringify(says));
  const head = git('rev-parse', 'HEAD');
  repository.git('fetch', '-q', workspace, `HEAD:refs/ralph/attempts/${id}/${attempt}`);
  return { workspace, base, head, git, line: finishedLine({ id, attempt, workspace, base, head }) };
}

interface LineParts {
  readonly id: string;
  readonly attempt: number;
  readonly workspace: string;
  readonly base: string;
  readonly head: string;
}

/** Returns the `agent.finished` of an attempt. */
export function finishedLine({ id, attempt, workspace, base, head }: LineParts): string {
  return JSON.stringify({
    v: 1,
    type: 'agent.finished',
    at: '2026-01-01T00:00:00.000Z',
    task_id: id,
    attempt,
    exit_code: 0,
    signal: null,
    reason: 'exited',
    workspace_path: workspace,
    base_commit: base,
    head_commit: head,
    commits: 1,
    changed_files: 1,
    log_path: '/dev/null',
    duration_ms: 5,
    title: `Task ${id}`,
  });
}

/** Parks what HEAD of the workspace is now, as the worker does when the agent has ended. */
export function parkHead(repository: TestRepository, { workspace }: FinishedAttempt, id: string): void {
  repository.git('fetch', '-q', '--no-recurse-submodules', workspace, `+HEAD:refs/ralph/attempts/${id}/1`);
}

/** Somebody else pushes to the target branch. */
export function foreignPush(repository: TestRepository, path: string, text: string): string {
  const clone = join(repository.folder, `rival-${Math.random().toString(16).slice(2)}`);
  runGit(repository.folder, ['clone', '-q', repository.origin, clone]);
  mkdirSync(dirname(join(clone, path)), { recursive: true });
  writeFileSync(join(clone, path), text);
  runGit(clone, ['add', '-A']);
  runGit(clone, [
    '-c',
    'user.name=Rival',
    '-c',
    'user.email=rival@example.invalid',
    'commit',
    '-q',
    '-m',
    `rival: ${path}`,
  ]);
  runGit(clone, ['push', '-q', 'origin', 'HEAD:main']);
  return runGit(clone, ['rev-parse', 'HEAD']);
}

/** Returns the types of the events on stdout, in order. */
export function types({ stdout }: Pick<Transcript, 'stdout'>): unknown[] {
  return records(stdout).map((record) => record['type']);
}

/** Returns the one event of a type. */
export function eventOf({ stdout }: Pick<Transcript, 'stdout'>, type: string): Record<string, unknown> {
  const found = records(stdout).filter((record) => record['type'] === type);
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${found.length} events of type ${type} in:\n${stdout}`);
  return found[0];
}
