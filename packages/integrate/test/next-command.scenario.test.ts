import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  builtProgram,
  records,
  runProgram,
  startProgram,
  transcriptOf,
} from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { eventOf, finishedAttempt, foreignPush } from './finished-attempt.ts';

const RUN = ['run', '--keep-workspaces', '--backoff', '1'] as const;

/** A folder for PATH that holds the built programs under the names that a person types. */
function programsOnPath(): string {
  const folder = temporaryFolder();
  for (const name of ['ralph-integrate', 'ralph-state', 'ralph-worker'] as const) {
    scriptedCommand(folder, name, `exec ${process.execPath} ${builtProgram(name)} "$@"`);
  }
  return join(folder, 'bin');
}

/** Types a command as it stands, somewhere else than in the repository. */
function typed(command: unknown): void {
  const cwd = temporaryFolder();
  const end = spawnSync('sh', ['-c', String(command)], {
    cwd,
    env: testEnvironment(programsOnPath()),
    encoding: 'utf8',
  });
  expect(end, `${String(command)}\n${end.stderr}`).toMatchObject({ status: 0 });
}

/** Runs to the end what is to be blocked, and records it as a run does. */
async function blockedTask(repo: TestRepository, line: string, ...more: readonly string[]) {
  const end = await runProgram('ralph-integrate', [...RUN, ...more], { cwd: repo.root, stdin: `${line}\n` });
  await runProgram('ralph-state', ['apply'], { cwd: repo.root, stdin: end.stdout });
  expect(await lifecycle(repo)).toBe('blocked_push');
  return eventOf(end, 'task.blocked');
}

async function lifecycle(repo: TestRepository): Promise<unknown> {
  const { stdout } = await runProgram('ralph-state', ['list'], { cwd: repo.root });
  return records(stdout).find((record) => record['task_id'] === 'T-1')?.['lifecycle'];
}

function ids(repo: TestRepository, path: string): string[] {
  return (JSON.parse(repo.read(path)) as { tasks: { id: string }[] }).tasks.map(({ id }) => id);
}

/** The queue is the user's own: git does not know it. */
function untrackedQueue(): TestRepository {
  const repo = temporaryRepository({ '.gitignore': '.ralph/\n', 'a.txt': 'old\n' });
  repo.queue([queueTask('T-1')]);
  return repo;
}

describe('the command that a blocked task names, typed as it stands', () => {
  it('lands the work once the hook is gone that refused it, and leaves a true record', async () => {
    const repo = untrackedQueue();
    const hook = scriptedCommand(repo.folder, 'pre-receive', 'exit 1');
    repo.gitOrigin('config', 'core.hooksPath', dirname(hook));
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'b.txt': 'b\n' } });
    const blocked = await blockedTask(repo, line);
    expect(blocked['land_command']).toBe(blocked['next_command']);
    expect(blocked['reason']).not.toContain('(try');
    rmSync(hook);
    typed(blocked['next_command']);
    expect(repo.gitOrigin('show', 'main:b.txt')).toBe('b');
    expect(await lifecycle(repo)).toBe('completed');
    expect(ids(repo, '.ralph/queue.jsonc')).toEqual([]);
    expect(ids(repo, '.ralph/done.jsonc')).toEqual(['T-1']);
  });

  it('after a conflict leaves the landing to a second one, for when it is resolved', async () => {
    const repo = untrackedQueue();
    const { line, git } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'mine\n' } });
    foreignPush(repo, 'a.txt', 'theirs\n');
    const blocked = await blockedTask(repo, line);
    expect(blocked['next_command']).toMatch(/&& git rebase origin\/main$/);
    expect(() => git('rebase', 'origin/main')).toThrow(/conflict/i);
    git('checkout', '--theirs', 'a.txt');
    git('add', 'a.txt');
    git('-c', 'core.editor=true', 'rebase', '--continue');
    typed(blocked['land_command']);
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('mine');
    expect(await lifecycle(repo)).toBe('completed');
  });

  it('shows the edits that nobody committed', async () => {
    const repo = untrackedQueue();
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'mine\n' } });
    scriptedCommand(workspace, 'x', '');
    rmSync(join(workspace, 'a.txt'));
    const blocked = await blockedTask(repo, line);
    expect(blocked).toMatchObject({ code: 'workspace_dirty' });
    typed(blocked['next_command']);
  });
});

describe('what a person reads on stderr of a run', () => {
  it('names the commands to mend blocked work and to land it, unless it is quiet', async () => {
    const repo = untrackedQueue();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'new\n' } });
    const gate = [...RUN, '--ci', 'exit 1', '--no-resolver'] as const;
    const end = await runProgram('ralph-integrate', gate, { cwd: repo.root, stdin: `${line}\n` });
    const { next_command, land_command } = eventOf(end, 'task.blocked');
    expect(end.stderr).toContain(`T-1: blocked\n  next: ${String(next_command)}\n  then: ${String(land_command)}\n`);
    const quiet = await runProgram('ralph-integrate', [...gate, '--quiet'], { cwd: repo.root, stdin: `${line}\n` });
    expect(quiet.stderr).toBe('');
  });

  it('names the command that lands what was stopped', async () => {
    const repo = untrackedQueue();
    finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'new\n' } });
    const child = startProgram('ralph-integrate', ['one', 'T-1', '--ci', 'sleep 1000'], { cwd: repo.root });
    const transcript = transcriptOf(child);
    let seen = '';
    child.stdout.on('data', (text: string) => (seen += text));
    await waitUntil('the gate runs', () => seen.includes('ci.started'));
    child.kill('SIGINT');
    const end = await transcript;
    expect(end.status).toBe(130);
    expect(end.stderr).toContain('T-1: stopped, its work is kept\n  next: ralph-integrate one T-1 --repo ');
  });
});
