import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { records, runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { finishedAttempt, foreignPush } from './finished-attempt.ts';

const RUN = ['run', '--target-branch', 'main', '--backoff', '50', '--keep-workspaces'];

function attempts(repo: TestRepository, count: number) {
  return Array.from({ length: count }, (_, index) => {
    const id = `T-${index + 1}`;
    return finishedAttempt(repo, id, { files: { [`f${index + 1}.txt`]: `${index}\n` } });
  });
}

/** Starts a run whose gates last until `letGo`; settles when so many have begun. */
async function held(repo: TestRepository, stdin: string, options: readonly string[], gates: number) {
  const begun = join(repo.folder, 'gates');
  const gate = `echo "$RALPH_TASK_ID" >>${begun}; until [ -e ${repo.folder}/go ]; do sleep 0.05; done`;
  const child = startProgram('ralph-integrate', [...RUN, ...options, '--ci', gate], { cwd: repo.root });
  const transcript = transcriptOf(child);
  child.stdin.end(stdin);
  await waitUntil('gates', () => existsSync(begun) && readFileSync(begun, 'utf8').trim().split('\n').length >= gates);
  return { child, transcript, letGo: () => writeFileSync(join(repo.folder, 'go'), '') };
}

const linesOf = (all: readonly { readonly line: string }[]) => all.map(({ line }) => `${line}\n`).join('');

function blocked(stdout: string): string[] {
  const all = records(stdout).filter((one) => one['type'] === 'task.blocked');
  return all.map((one) => `${String(one['task_id'])} ${String(one['code'])}`).toSorted();
}

function subjects(repo: TestRepository): string[] {
  return repo.gitOrigin('log', '--reverse', '--format=%s', 'main').split('\n').slice(1);
}

describe('ralph-integrate run, trouble in a train', () => {
  it('pushed together and out of tries together, each is blocked with its reason', async () => {
    const repo = temporaryRepository();
    const options = ['--jobs', '1', '--landing', 'batch', '--max-attempts', '1'];
    const run = await held(repo, linesOf(attempts(repo, 3)), options, 1);
    foreignPush(repo, 'rival.txt', 'theirs\n');
    run.letGo();
    const end = await run.transcript;
    expect(end.stderr).not.toContain('no candidate');
    expect(end.status).toBe(3);
    expect(blocked(end.stdout)).toEqual([1, 2, 3].map((id) => `T-${id} push_race`));
    expect(subjects(repo)).toEqual(['rival: rival.txt']);
  });

  it('killed while several are stacked, the next run takes nobody for work of another', async () => {
    const repo = temporaryRepository();
    const stdin = linesOf(attempts(repo, 3));
    const first = await held(repo, stdin, ['--jobs', '3'], 3);
    first.child.kill('SIGKILL');
    await first.transcript;
    const again = await held(repo, stdin, ['--jobs', '3'], 4);
    again.letGo();
    const end = await again.transcript;
    expect(blocked(end.stdout)).toEqual([]);
    expect(end.status).toBe(0);
    expect(subjects(repo)).toEqual([1, 2, 3].map((id) => `T-${id}: work`));
  });

  it.each(['auto', 'serial'])('one whose workspace goes away during its push comes to an end (%s)', async (landing) => {
    const repo = temporaryRepository();
    const all = attempts(repo, 1);
    scriptedCommand(repo.folder, 'pre-push', 'rm -rf "$PWD"; kill -9 $PPID');
    repo.git('config', 'core.hooksPath', '../bin');
    const run = await held(repo, linesOf(all), ['--landing', landing], 1);
    run.letGo();
    const end = await run.transcript;
    const ended = records(end.stdout).filter((one) => /^task\.(?:blocked|failed)$/.test(String(one['type'])));
    expect(ended).toMatchObject([{ task_id: 'T-1' }]);
    expect(subjects(repo)).toEqual([]);
  });

  it('one whose push a hook of the user refuses keeps back nobody who was pushed with it', async () => {
    const repo = temporaryRepository();
    const all = attempts(repo, 3);
    const refuses = 'while read -r _ commit _; do git cat-file -e "$commit:f3.txt" 2>/dev/null && exit 1; done; exit 0';
    scriptedCommand(repo.folder, 'pre-push', refuses);
    repo.git('config', 'core.hooksPath', '../bin');
    const run = await held(repo, linesOf(all), ['--jobs', '1', '--landing', 'batch'], 1);
    run.letGo();
    const end = await run.transcript;
    expect(blocked(end.stdout)).toEqual(['T-3 push_local']);
    expect(subjects(repo)).toEqual([1, 2].map((id) => `T-${id}: work`));
  });

  it("a file in the way of work that does not land is in nobody's way", async () => {
    const repo = temporaryRepository();
    const all = attempts(repo, 3);
    writeFileSync(join(repo.workspaces, 'T-2', 'f1.txt'), 'mine\n');
    const gate = '[ "$RALPH_TASK_ID" != T-1 ]';
    const args = [...RUN, '--jobs', '3', '--ci', gate];
    const end = await runProgram('ralph-integrate', args, { cwd: repo.root, stdin: linesOf(all) });
    expect(blocked(end.stdout)).toEqual(['T-1 ci_failed']);
    expect(subjects(repo).toSorted()).toEqual(['T-2: work', 'T-3: work']);
    expect(readFileSync(join(repo.workspaces, 'T-2', 'f1.txt'), 'utf8')).toBe('mine\n');
  });
});
