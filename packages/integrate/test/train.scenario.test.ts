import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { records, runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { finishedAttempt, foreignPush } from './finished-attempt.ts';

const RUN = ['run', '--target-branch', 'main', '--backoff', '50', '--keep-workspaces'];

/** Makes finished attempts T-1, T-2, … with the given files, and returns their lines. */
function attempts(repo: TestRepository, files: readonly Readonly<Record<string, string>>[]): string {
  return files.map((one, index) => `${finishedAttempt(repo, `T-${index + 1}`, { files: one }).line}\n`).join('');
}

const plain = (count: number) => Array.from({ length: count }, (_, index) => ({ [`f${index + 1}.txt`]: `${index}\n` }));

function subjects(repo: TestRepository): string[] {
  return repo.gitOrigin('log', '--reverse', '--format=%s', 'main').split('\n').slice(1);
}

/** A gate that counts its runs in a file, and then does something. */
function countedGate(repo: TestRepository, then: string): { readonly command: string; runs(): string[] } {
  const file = join(repo.folder, 'gates');
  return {
    command: `echo "$RALPH_TASK_ID" >>${file}; ${then}`,
    runs: () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []),
  };
}

const works = (ids: readonly number[]) => ids.map((id) => `T-${id}: work`);

async function integrate(repo: TestRepository, options: readonly string[], stdin: string) {
  return runProgram('ralph-integrate', [...RUN, ...options], { cwd: repo.root, stdin });
}

function told(stdout: string, type: string): Record<string, unknown>[] {
  return records(stdout).filter((record) => record['type'] === type);
}

describe('ralph-integrate run, a train', () => {
  it('runs the gates of all at the same time, each on top of those before it, and lands them in order', async () => {
    const repo = temporaryRepository();
    const stdin = attempts(repo, plain(5));
    // None of them ends before all have begun; each sees the work of those before it.
    const all = `until [ "$(wc -l <${repo.folder}/gates)" -ge 5 ]; do sleep 0.05; done`;
    const sees = 'n=${RALPH_TASK_ID#T-}; for i in $(seq "$n"); do test -f "f$i.txt" || exit 1; done';
    const gate = countedGate(repo, `${all}; ${sees}`);
    const end = await integrate(repo, ['--jobs', '5', '--ci', gate.command], stdin);
    expect(end.stderr).toBe('');
    expect(end.status).toBe(0);
    expect(subjects(repo)).toEqual(works([1, 2, 3, 4, 5]));
    expect(gate.runs()).toHaveLength(5);
    expect(repo.git('for-each-ref', 'refs/ralph/train')).toBe('');
  });

  it('takes a red one out; those behind it are rebuilt without it and land', async () => {
    const repo = temporaryRepository();
    const stdin = attempts(repo, plain(5));
    const gate = countedGate(repo, '! test -f f2.txt');
    const end = await integrate(repo, ['--jobs', '5', '--ci', gate.command], stdin);
    expect(end.status).toBe(2);
    expect(subjects(repo)).toEqual(works([1, 3, 4, 5]));
    expect(told(end.stdout, 'task.blocked')).toMatchObject([{ task_id: 'T-2', code: 'ci_failed' }]);
  });

  it('a red one that waits for those before it holds up nobody behind it', async () => {
    const repo = temporaryRepository();
    const stdin = attempts(repo, plain(3));
    // The first gate ends only when the third has passed without the second.
    const gate = countedGate(
      repo,
      `case $RALPH_TASK_ID in
         T-1) until [ -e ${repo.folder}/third ]; do sleep 0.05; done;;
         T-2) exit 1;;
         T-3) test -f f2.txt && { sleep 600; exit 1; }; : >${repo.folder}/third;;
       esac`,
    );
    const end = await integrate(repo, ['--jobs', '3', '--ci', gate.command], stdin);
    expect(end.status).toBe(2);
    expect(subjects(repo)).toEqual(works([1, 3]));
  });

  it('a conflict with one that does not land is none', async () => {
    const repo = temporaryRepository({ 'a.txt': 'old\n' });
    const stdin = attempts(repo, [{ 'a.txt': 'first\n', red: '' }, { 'a.txt': 'second\n' }, { 'c.txt': 'c\n' }]);
    const gate = countedGate(repo, '! test -f red');
    const end = await integrate(repo, ['--jobs', '3', '--ci', gate.command], stdin);
    expect(subjects(repo).toSorted()).toEqual(works([2, 3]));
    expect(told(end.stdout, 'rebase.conflicted')).toEqual([]);
    expect(told(end.stdout, 'task.blocked')).toMatchObject([{ task_id: 'T-1' }]);
  });

  it('a conflict with one that lands blocks the later one only', async () => {
    const repo = temporaryRepository({ 'a.txt': 'old\n' });
    const stdin = attempts(repo, [{ 'a.txt': 'first\n' }, { 'a.txt': 'second\n' }, { 'c.txt': 'c\n' }]);
    const end = await integrate(repo, ['--jobs', '3', '--ci', 'true'], stdin);
    expect(subjects(repo)).toEqual(works([1, 3]));
    expect(told(end.stdout, 'task.blocked')).toMatchObject([{ task_id: 'T-2', code: 'conflict' }]);
  });

  it("somebody else's push rebuilds the train", async () => {
    const repo = temporaryRepository();
    const stdin = attempts(repo, plain(3));
    const gate = countedGate(
      repo,
      `until [ -e ${repo.folder}/go ]; do sleep 0.05; done; test -f rival.txt || test -n ok`,
    );
    const child = startProgram('ralph-integrate', [...RUN, '--jobs', '3', '--ci', gate.command], { cwd: repo.root });
    const transcript = transcriptOf(child);
    child.stdin.end(stdin);
    await waitUntil('three gates', () => gate.runs().length === 3);
    foreignPush(repo, 'rival.txt', 'theirs\n');
    writeFileSync(join(repo.folder, 'go'), '');
    const end = await transcript;
    expect(end.status).toBe(0);
    expect(subjects(repo)).toEqual(['rival: rival.txt', ...works([1, 2, 3])]);
    expect(gate.runs()).toHaveLength(6);
  });

  it('told to stop, it ends every gate and leaves all to the next run', async () => {
    const repo = temporaryRepository();
    const stdin = attempts(repo, plain(3));
    const gate = countedGate(repo, `until [ -e ${repo.folder}/go ]; do sleep 0.05; done`);
    const args = [...RUN, '--jobs', '3', '--ci', gate.command];
    const child = startProgram('ralph-integrate', args, { cwd: repo.root });
    const transcript = transcriptOf(child);
    child.stdin.end(stdin);
    await waitUntil('three gates', () => gate.runs().length === 3);
    child.kill('SIGTERM');
    const stopped = await transcript;
    expect(stopped.status).toBe(143);
    expect(records(stopped.stdout).map(({ type }) => type)).not.toContain('task.blocked');
    writeFileSync(join(repo.folder, 'go'), '');
    const again = await integrate(repo, ['--jobs', '3', '--ci', gate.command], stdin);
    expect(again.status).toBe(0);
    expect(subjects(repo)).toEqual(works([1, 2, 3]));
  });
});

describe('ralph-integrate run, batches', () => {
  /** The first gate waits until the others are stacked, so that what follows does not depend on the machine. */
  const firstWaits = (repo: TestRepository) =>
    `if [ "$(wc -l <${repo.folder}/gates)" -eq 1 ]; then until [ -e ${repo.folder}/go ]; do sleep 0.05; done; fi`;

  async function batch(repo: TestRepository, stdin: string, command: string, built: number) {
    const args = [...RUN, '--jobs', '1', '--landing', 'batch', '--ci', command];
    const child = startProgram('ralph-integrate', args, { cwd: repo.root });
    const transcript = transcriptOf(child);
    child.stdin.end(stdin);
    let seen = '';
    child.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    await waitUntil('all are stacked', () => seen.split('"rebase.done"').length > built);
    writeFileSync(join(repo.folder, 'go'), '');
    return transcript;
  }

  it('those that wait for the only place share one gate run and one push', async () => {
    const repo = temporaryRepository();
    const stdin = attempts(repo, plain(6));
    const gate = countedGate(repo, firstWaits(repo));
    const end = await batch(repo, stdin, gate.command, 6);
    expect(end.status).toBe(0);
    expect(subjects(repo)).toEqual(works([1, 2, 3, 4, 5, 6]));
    const shared = told(end.stdout, 'ci.started').map((run) => [run['task_id'], run['with']]);
    expect(shared).toEqual([['T-6', ['T-1', 'T-2', 'T-3', 'T-4', 'T-5']]]);
    const judged = told(end.stdout, 'task.completed').filter(({ ci_runs }) => ci_runs !== 0);
    expect(judged).toMatchObject([{ task_id: 'T-6', ci_runs: 1, push_attempts: 1 }]);
  });

  it('a red batch is halved until the culprit is found; all others land', async () => {
    const repo = temporaryRepository();
    const stdin = attempts(repo, plain(8));
    const gate = countedGate(repo, `${firstWaits(repo)}; ! test -f f4.txt`);
    const end = await batch(repo, stdin, gate.command, 8);
    expect(end.status).toBe(2);
    expect(subjects(repo)).toEqual(works([1, 2, 3, 5, 6, 7, 8]));
    expect(told(end.stdout, 'task.blocked')).toMatchObject([{ task_id: 'T-4', code: 'ci_failed' }]);
    expect(gate.runs().length).toBeLessThanOrEqual(7);
  });

  it('a batch that the remote refuses is pushed one by one, and only the refused one is blocked', async () => {
    const repo = temporaryRepository();
    const stdin = attempts(repo, plain(4));
    const hook = `#!/bin/sh
while read -r old new ref; do
  git ls-tree --name-only "$new" | grep -q f3.txt && { echo "no third file here" >&2; exit 1; }
done
exit 0
`;
    writeFileSync(join(repo.origin, 'hooks/pre-receive'), hook, { mode: 0o755 });
    const gate = countedGate(repo, firstWaits(repo));
    const end = await batch(repo, stdin, gate.command, 4);
    expect(end.status).toBe(2);
    expect(subjects(repo)).toEqual(works([1, 2, 4]));
    expect(told(end.stdout, 'task.blocked')).toMatchObject([{ task_id: 'T-3', code: 'push_denied' }]);
  });
});
