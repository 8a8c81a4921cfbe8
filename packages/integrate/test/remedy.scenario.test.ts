import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ciFailureMarker } from '@ralph/protocol/contract/handoff';
import { readProcFile } from '@ralph/protocol/process/proc-file';
import { livingProcesses } from '@ralph/protocol/process/process-list';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { eventOf, finishedAttempt, foreignPush, types, type FinishedAttempt } from './finished-attempt.ts';
import { eventsOf, handoffsIn, landWith, linesIn, rivals, RUN } from './remedy-run.ts';

const CI_MARKER = '.ralph/cache/parallel/ci-failure-marker';

function expectAsParked({ git, head }: FinishedAttempt): void {
  expect(git('rev-parse', 'HEAD')).toBe(head);
  expect(git('symbolic-ref', 'HEAD')).toBe('refs/heads/main');
  expect(git('status', '--porcelain', '--untracked-files=no')).toBe('');
  expect(existsSync(git('rev-parse', '--git-path', 'rebase-merge'))).toBe(false);
}

/** Returns the calls of `ralph-worker commit` that live. */
function commitsIn({ root }: TestRepository): number[] {
  return [...livingProcesses()].flatMap(({ pid }) => {
    const words = (readProcFile(`/proc/${pid}/cmdline`, 'utf8') ?? '').split('\0');
    return words[1]?.endsWith('/ralph-worker.cjs') === true && words[2] === 'commit' && words.includes(root)
      ? [pid]
      : [];
  });
}

describe('a conflict', () => {
  it('is mended by the resolver, which only edits the files, and lands with both sides', async () => {
    const { repo, attempt } = rivals();
    const look =
      'cat >$OUT/prompt; cat a.txt >$OUT/seen; git status --porcelain=v2 >$OUT/status; cp $RALPH_HANDOFF $OUT/packet';
    const end = await landWith(repo, [attempt], `${look}; printf 'theirs\\nmine\\n' >a.txt`);
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(types(end)).toEqual([
      'agent.finished',
      'integrate.started',
      'rebase.conflicted',
      'remediation.started',
      'remediation.finished',
      'rebase.done',
      'task.completed',
    ]);
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('theirs\nmine');
    expect(repo.gitOrigin('log', '--format=%s', 'main').split('\n')).toEqual(['T-1: work', 'rival: a.txt', 'start']);
    const tip = repo.git('rev-parse', 'refs/ralph/attempts/T-1/1');
    expect(tip).toBe(repo.gitOrigin('rev-parse', 'main'));
    expect(repo.git('rev-parse', 'refs/ralph/salvage/T-1/1')).toBe(attempt.head);
    const log = join(repo.root, '.ralph/logs/parallel/T-1.1.remedy-1.log');
    expect(eventOf(end, 'remediation.started')).toMatchObject({ remedy: 1, code: 'conflict', log_path: log });
    expect(eventOf(end, 'remediation.finished')).toMatchObject({ remedy: 1, result: 'resolved', commit: tip });
    expect(linesIn(repo, 'seen').join('\n')).toMatch(/^<{7} [^]*^={7}$[^]*^>{7} /m);
    expect(linesIn(repo, 'status').join('\n')).toContain('u UU');
    const prompt = linesIn(repo, 'prompt').join('\n');
    expect(prompt).toContain('try 1 of 3');
    expect(prompt).toContain('A rebase with origin/main is in progress');
    expect(prompt).toContain('- a.txt');
    expect(JSON.parse(linesIn(repo, 'packet').join('\n'))).toMatchObject({
      task_id: 'T-1',
      task_title: 'Task T-1',
      target_branch: 'main',
      attempt: 1,
      max_attempts: 4,
      conflict_files: ['a.txt'],
      git_status: expect.stringContaining('UU a.txt'),
      phase_summary: expect.stringContaining('T-1: work'),
      code: 'conflict',
      queue_done_rules: { rules: expect.any(Array) },
    });
  });

  it('may be finished by the resolver itself', async () => {
    const { repo, attempt } = rivals();
    const end = await landWith(
      repo,
      [attempt],
      'echo both >a.txt; echo mine >>a.txt; git add a.txt && git rebase --continue',
    );
    expect(end).toMatchObject({ status: 0 });
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('both\nmine');
  });

  // Only on Linux can the processes of a machine be read.
  it.skipIf(process.platform !== 'linux')(
    'is mended, however often ralph-worker is killed over its commit',
    async () => {
      const { repo, attempt } = rivals();
      const end = landWith(repo, [attempt], `printf 'theirs\\nmine\\n' >a.txt`);
      const killed = new Set<number>();
      while (killed.size < 3) {
        const pid = await waitUntil('ralph-worker commits', () => commitsIn(repo).find((one) => !killed.has(one)));
        process.kill(pid, 'SIGKILL');
        killed.add(pid);
      }
      expect(eventOf(await end, 'remediation.finished')).toMatchObject({ result: 'resolved' });
      expect(repo.gitOrigin('show', 'main:a.txt')).toBe('theirs\nmine');
    },
  );

  it('in several commits is mended turn by turn', async () => {
    const repo = temporaryRepository({ 'a.txt': 'old\n', 'b.txt': 'old\n' });
    const attempt = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'mine\n' } });
    attempt.git('rm', '-q', 'b.txt');
    attempt.git('commit', '-q', '-m', 'T-1: no b');
    repo.git('fetch', '-q', attempt.workspace, '+HEAD:refs/ralph/attempts/T-1/1');
    foreignPush(repo, 'a.txt', 'theirs\n');
    foreignPush(repo, 'b.txt', 'theirs\n');
    const resolver =
      'if grep -q "^<<<" a.txt; then printf "theirs\\nmine\\n" >a.txt; else rm -f b.txt; fi; echo x >>$OUT/turns';
    const end = await landWith(repo, [attempt], resolver);
    expect(end).toMatchObject({ status: 0 });
    expect(linesIn(repo, 'turns')).toHaveLength(2);
    expect(eventsOf(end, 'remediation.started')).toHaveLength(1);
    expect(repo.gitOrigin('ls-tree', '--name-only', 'main').split('\n')).toEqual(['a.txt']);
    expect(repo.gitOrigin('log', '--format=%s', '-2', 'main').split('\n')).toEqual(['T-1: no b', 'T-1: work']);
  });

  it('of work with merges is mended as a merge', async () => {
    const { repo, attempt } = rivals();
    attempt.git('checkout', '-q', '-b', 'side', 'HEAD~1');
    attempt.git('commit', '-q', '--allow-empty', '-m', 'side');
    attempt.git('checkout', '-q', 'main');
    attempt.git('merge', '-q', '--no-ff', '--no-edit', 'side');
    repo.git('fetch', '-q', attempt.workspace, '+HEAD:refs/ralph/attempts/T-1/1');
    const end = await landWith(repo, [attempt], 'cat >$OUT/prompt; printf "theirs\\nmine\\n" >a.txt');
    expect(end).toMatchObject({ status: 0 });
    expect(linesIn(repo, 'prompt').join('\n')).toContain('A merge with origin/main is in progress');
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('theirs\nmine');
    expect(repo.gitOrigin('show', 'main:new.txt')).toBe('new');
  });

  it('M48: unresolved, is handed over with the exact files, and the next try can work', async () => {
    const { repo, attempt } = rivals('with space.txt');
    const resolver =
      'cat >$OUT/prompt; test -e $OUT/once && printf "theirs\\nmine\\n" >"with space.txt"; touch $OUT/once';
    const end = await landWith(repo, [attempt], `${resolver}; exit 0`);
    expect(end).toMatchObject({ status: 0 });
    expect(eventsOf(end, 'remediation.finished')).toMatchObject([
      { remedy: 1, result: 'unresolved', reason: 'conflict markers are left in with space.txt' },
      { remedy: 2, result: 'resolved' },
    ]);
    expect(handoffsIn(attempt.workspace, 'T-1')).toMatchObject([
      { attempt: 1, conflict_files: ['with space.txt'], reason: 'conflict with origin/main in with space.txt' },
      { attempt: 2, reason: expect.stringContaining('conflict markers are left') },
    ]);
    expect(linesIn(repo, 'prompt').join('\n')).toContain(
      'The try before counted for nothing: conflict markers are left',
    );
  });

  it('that is never mended blocks the task on its own commits, with every packet and the marker', async () => {
    const { repo, attempt } = rivals();
    const end = await landWith(repo, [attempt], 'echo junk >junk.txt; exit 7', '--resolver-attempts', '2');
    expect(end.status).toBe(3);
    expect(eventsOf(end, 'remediation.finished')).toMatchObject([
      { result: 'failed', reason: 'the resolver ended with status 7' },
      { result: 'failed' },
    ]);
    expect(eventOf(end, 'task.blocked')).toMatchObject({
      code: 'conflict',
      reason:
        'conflict with origin/main in a.txt (the resolver was run 2 times; last: the resolver ended with status 7)',
      next_command: `cd ${attempt.workspace} && git rebase origin/main`,
      land_command: expect.stringContaining('--resolver-attempts 2'),
    });
    expectAsParked(attempt);
    expect(attempt.git('status', '--porcelain', '--', 'junk.txt')).toBe('');
    expect(handoffsIn(attempt.workspace, 'T-1').map(({ attempt: n }) => n)).toEqual([1, 2, 3]);
    expect(existsSync(join(attempt.workspace, '.ralph/cache/parallel/blocked_push.json'))).toBe(true);
    expect(repo.git('rev-parse', 'refs/ralph/attempts/T-1/1')).toBe(attempt.head);
  });

  it('without a resolver is handed over at once; packets of an earlier integration go', async () => {
    const { repo, attempt } = rivals();
    const two = await landWith(repo, [attempt], 'exit 1', '--resolver-attempts', '1');
    expect(two.status).toBe(3);
    expect(handoffsIn(attempt.workspace, 'T-1')).toHaveLength(2);
    const end = await runProgram('ralph-integrate', [...RUN, '--no-resolver'], {
      cwd: repo.root,
      stdin: `${attempt.line}\n`,
    });
    expect(types(end)).not.toContain('remediation.started');
    expect(handoffsIn(attempt.workspace, 'T-1')).toMatchObject([
      { attempt: 1, max_attempts: 1, conflict_files: ['a.txt'], code: 'conflict' },
    ]);
    const both = await runProgram('ralph-integrate', [...RUN, '--no-resolver', '--resolver', 'true'], {
      cwd: repo.root,
    });
    expect(both.status).toBe(64);
  });
});

describe('a red gate', () => {
  const GATE = 'test "$(cat answer.txt)" = 42 || { echo "the answer is $(cat answer.txt)"; exit 4; }';

  function wrongAnswer(): { repo: TestRepository; attempt: FinishedAttempt } {
    const repo = temporaryRepository();
    const attempt = finishedAttempt(repo, 'T-1', { files: { 'answer.txt': '41\n', 'kept.txt': 'kept\n' } });
    foreignPush(repo, 'b.txt', 'b\n');
    return { repo, attempt };
  }

  it('M49, M50: is mended with the failure at hand; the marker is there meanwhile and gone after that', async () => {
    const { repo, attempt } = wrongAnswer();
    const look = `cat >$OUT/prompt; cp $RALPH_HANDOFF $OUT/packet; cp ${CI_MARKER} $OUT/marker; env >$OUT/env; git log --format=%s >$OUT/log`;
    const end = await landWith(repo, [attempt], `${look}; echo 42 >answer.txt; echo by hand >new.txt`, '--ci', GATE);
    expect(end).toMatchObject({ status: 0 });
    expect(repo.gitOrigin('show', 'main:answer.txt')).toBe('42');
    expect(repo.gitOrigin('show', 'main:new.txt')).toBe('by hand');
    const subjects = ['T-1: Task T-1', 'T-1: work', 'rival: b.txt', 'start'];
    expect(repo.gitOrigin('log', '--format=%s', 'main').split('\n')).toEqual(subjects);
    expect(linesIn(repo, 'log')).toEqual(subjects.slice(1));
    expect(eventOf(end, 'task.completed')).toMatchObject({ ci_runs: 2 });
    const ciLog = join(repo.root, '.ralph/logs/parallel/T-1.1.ci.log');
    expect(JSON.parse(linesIn(repo, 'packet').join('\n'))).toMatchObject({
      ci_context: { command: GATE, exit_code: 4, last_output: 'the answer is 41\n', log_path: ciLog },
    });
    expect(ciFailureMarker.parse(JSON.parse(linesIn(repo, 'marker').join('\n')))).toMatchObject({
      task_id: 'T-1',
      command: GATE,
      exit_code: 4,
    });
    const prompt = linesIn(repo, 'prompt').join('\n');
    expect(prompt).toContain('its gate failed (status 4)');
    expect(prompt).toContain('the answer is 41');
    expect(linesIn(repo, 'env')).toEqual(
      expect.arrayContaining([
        'RALPH_TASK_ID=T-1',
        'RALPH_ATTEMPT=1',
        `RALPH_WORKSPACE=${attempt.workspace}`,
        'RALPH_TARGET_BRANCH=main',
      ]),
    );
    expect(existsSync(join(attempt.workspace, CI_MARKER))).toBe(false);
    const log = join(repo.root, '.ralph/logs/parallel/T-1.1.remedy-1.log');
    expect(statSync(log).mode & 0o777).toBe(0o600);
  });

  it('that stays red blocks the task, and leaves marker and packet', async () => {
    const { repo, attempt } = wrongAnswer();
    const end = await landWith(repo, [attempt], 'echo 43 >answer.txt', '--ci', GATE, '--resolver-attempts', '1');
    expect(end.status).toBe(3);
    expect(eventOf(end, 'task.blocked')).toMatchObject({
      code: 'ci_failed',
      reason: 'the gate ended with status 4: the answer is 43 (the resolver was run once)',
    });
    expect(existsSync(join(attempt.workspace, CI_MARKER))).toBe(true);
    expect(handoffsIn(attempt.workspace, 'T-1')[1]).toMatchObject({
      ci_context: { last_output: 'the answer is 43\n' },
    });
    expect(repo.git('rev-parse', 'refs/ralph/salvage/T-1/1')).toBe(attempt.head);
  });

  it('is not mended by doing nothing, by dropping the work, or by committing secrets', async () => {
    const { repo, attempt } = wrongAnswer();
    const turns = [
      'true',
      'git reset -q --hard origin/main',
      'echo 42 >answer.txt; git rm -q kept.txt; git commit -q -a -m no',
      'echo A=b >.env; echo 42 >answer.txt; git add -f .env; git commit -q -a -m no',
      'git init -q inner; echo x >inner/x; git -C inner add x; echo 42 >answer.txt',
    ];
    const resolver = `n=$(cat $OUT/n 2>/dev/null || echo 1); echo $((n+1)) >$OUT/n; case $n in ${turns.map((turn, index) => `${index + 1}) ${turn};;`).join(' ')} esac; exit 0`;
    const end = await landWith(repo, [attempt], resolver, '--ci', GATE, '--resolver-attempts', '5');
    expect(eventsOf(end, 'remediation.finished').map(({ result, reason }) => [result, reason].join(': '))).toEqual([
      'unresolved: nothing was changed',
      'unresolved: nothing is left of the change of the task',
      'unresolved: the change of the task is gone from kept.txt',
      `unresolved: the commits in ${attempt.workspace} add .env`,
      `unresolved: ${attempt.workspace} holds a git repository of its own in inner/`,
    ]);
    expect(eventOf(end, 'task.blocked')).toMatchObject({ code: 'ci_failed' });
    expect(attempt.git('rev-parse', 'HEAD')).toBe(attempt.head);
    expect(existsSync(join(repo.root, '.ralph/logs/parallel/T-1.1.remedy-5.log'))).toBe(true);
  });

  it('leaves out of a remedy what the gate itself has left behind', async () => {
    const { repo, attempt } = wrongAnswer();
    const end = await landWith(repo, [attempt], 'echo 42 >answer.txt', '--ci', `echo report >"öl report"; ${GATE}`);
    expect(end).toMatchObject({ status: 0 });
    expect(repo.gitOrigin('ls-tree', '--name-only', '-z', 'main')).not.toContain('report');
    expect(readFileSync(join(attempt.workspace, 'öl report'), 'utf8')).toBe('report\n');
  });
});
