import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { runGit, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { runOf, runWorker, startWorker, taskLines } from './worker-run.ts';

const ATTEMPT = 'refs/ralph/attempts/RQ-0001/1';

describe('an agent that does its work', () => {
  it('M34 stands in its workspace, reads its prompt to the end, and leads a process group of its own', async () => {
    const repo = temporaryRepository();
    const run = await runWorker(
      repo,
      taskLines('RQ-0001'),
      `{ pwd; echo "$PWD"; } > "$OUT/folders"
cat > "$OUT/prompt"
echo "$$ $(ps -o pgid= -p $$ | tr -d ' ')" > "$OUT/group"
echo x > x.txt`,
    );
    expect(run.status).toBe(0);
    const told = (name: string) => readFileSync(join(repo.folder, name), 'utf8').trim();
    const workspace = join(repo.workspaces, 'RQ-0001');
    expect(told('folders').split('\n')).toEqual([workspace, workspace]);
    expect(told('prompt')).toMatch(/^Task RQ-0001\n[^]*no other fields\.$/);
    const [pid, group] = told('group').split(' ');
    expect(group).toBe(pid);
  });

  it('has its own commits parked, each naming the task, with trees, people and dates as they were', async () => {
    const repo = temporaryRepository();
    const run = await runWorker(
      repo,
      taskLines('RQ-0001'),
      `export GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@x GIT_AUTHOR_DATE='1700000000 +0200' GIT_COMMITTER_DATE='1700000001 +0300'
echo a > a; git add a; git commit -q -m 'first'
git checkout -q -b side HEAD~1; echo b > b; git add b; git commit -q -m 'RQ-0001: second'
git checkout -q main; git merge -q --no-edit side; echo done`,
    );
    expect(run.status).toBe(0);
    expect(run.lines.map((line) => line['type'])).toEqual(['workspace.ready', 'agent.started', 'agent.finished']);
    const [finished] = run.events('agent.finished');
    const head = repo.git('rev-parse', ATTEMPT);
    expect(finished).toMatchObject({
      task_id: 'RQ-0001',
      attempt: 1,
      exit_code: 0,
      signal: null,
      reason: 'exited',
      commits: 3,
      changed_files: 2,
      head_commit: head,
      title: 'Task RQ-0001',
    });
    const log = repo.git(
      'log',
      '--format=%an %ad %cd|%s|%(trailers:key=Ralph-Task,valueonly,separator=%x2C)',
      '--date=raw',
      'main..' + ATTEMPT,
    );
    expect(log.split('\n').toSorted()).toEqual([
      "Ann 1700000000 +0200 1700000001 +0300|Merge branch 'side'|RQ-0001",
      'Ann 1700000000 +0200 1700000001 +0300|RQ-0001: second|',
      'Ann 1700000000 +0200 1700000001 +0300|first|RQ-0001',
    ]);
    expect(repo.git('rev-list', '--merges', '--count', ATTEMPT)).toBe('1');
    const workspace = join(repo.workspaces, 'RQ-0001');
    const status = await runProgram('ralph-worker', ['list'], { cwd: repo.root });
    expect(JSON.parse(status.stdout)).toMatchObject({ workspace_path: workspace, dirty: false, ahead: 3 });
    expect(existsSync(join(repo.root, '.ralph/cache/parallel/claims/RQ-0001.lock'))).toBe(false);
  });

  it('has its edits committed as its task, and secrets and files of the run never', async () => {
    const repo = temporaryRepository({
      'README.md': 'x\n',
      'config/.env.shared': 'A=1\n',
      '.gitignore': 'out/\n!.env\n',
    });
    const run = await runWorker(
      repo,
      taskLines('RQ-0001'),
      `rm .git/info/exclude
mkdir -p out sub .ralph/cache .ralph/logs; echo x > out/x; echo x > .ralph/cache/x; echo x > .ralph/logs/x; echo x > .ralph/loop.lock
echo S > .env; echo S= > .env.example; echo S > sub/.env.local; echo A=2 > config/.env.shared; echo new > sub/new.txt; echo y > README.md
git add -f .env sub/.env.local; touch .git/index.lock`,
    );
    expect(run.status).toBe(0);
    expect(repo.git('log', '-1', '--format=%B', ATTEMPT)).toBe('RQ-0001: Task RQ-0001');
    expect(repo.git('diff', '--name-only', 'main', ATTEMPT).split('\n')).toEqual([
      '.env.example',
      'README.md',
      'config/.env.shared',
      'sub/new.txt',
    ]);
    expect(repo.git('rev-list', '--objects', ATTEMPT)).not.toMatch(/\.env\.local|loop\.lock/);
  });

  it('finds its task on stdin, in its environment and in its folder', async () => {
    const repo = temporaryRepository();
    const stdin = `${JSON.stringify({ id: 'RQ-0001', title: 'Say "hello"', description: 'In a file.', attempt: 4 })}\n`;
    await runWorker(
      repo,
      stdin,
      `cat > "$OUT/stdin"; env > "$OUT/env"; pwd > "$OUT/cwd"; cut -d' ' -f5,6 /proc/$$/stat > "$OUT/group"; echo $$ > "$OUT/pid"`,
    );
    const workspace = join(repo.workspaces, 'RQ-0001');
    const env = readFileSync(join(repo.folder, 'env'), 'utf8').split('\n');
    for (const line of [
      'RALPH_TASK_ID=RQ-0001',
      'RALPH_TASK_TITLE=Say "hello"',
      `RALPH_WORKSPACE=${workspace}`,
      'RALPH_TARGET_BRANCH=main',
      `RALPH_PROMPT_FILE=${join(workspace, '.git/ralph/prompt.md')}`,
      'RALPH_ATTEMPT=4',
      `PWD=${workspace}`,
    ]) {
      expect(env).toContain(line);
    }
    expect(readFileSync(join(repo.folder, 'stdin'), 'utf8')).toMatch(/^Say "hello"\n\nIn a file\.\n\nTask: RQ-0001\n/);
    expect(readFileSync(join(repo.folder, 'cwd'), 'utf8').trim()).toBe(workspace);
    const pid = readFileSync(join(repo.folder, 'pid'), 'utf8').trim();
    expect(readFileSync(join(repo.folder, 'group'), 'utf8').trim()).toBe(`${pid} ${pid}`);
  });

  it('is reported while its log grows', async () => {
    const repo = temporaryRepository();
    const worker = startWorker(
      repo,
      'echo working; echo $$ > "$OUT/agent.pid"; until [ -e "$OUT/go" ]; do sleep 0.05; done; echo x > x',
    );
    let stdout = '';
    worker.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    worker.stdin.end(taskLines('RQ-0001'));
    await waitUntil('progress', () => stdout.includes('"agent.progress"'));
    writeFileSync(join(repo.folder, 'go'), '');
    await waitUntil('the end', () => worker.exitCode !== null);
    expect(runOf(0, stdout, '').events('agent.progress')).toMatchObject([
      { task_id: 'RQ-0001', bytes: 8, last_line: 'working' },
    ]);
  });
});

describe('an agent that fails', () => {
  it('M40 exits with 3: the workspace is gone, its edits are kept, the reason names the status', async () => {
    const repo = temporaryRepository();
    const run = await runWorker(
      repo,
      taskLines('RQ-0001'),
      'echo half > half.txt; echo S > .env; echo "out of tokens" >&2; exit 3',
    );
    expect(run.status).toBe(1);
    const ref = 'refs/ralph/salvage/RQ-0001/1';
    const log = join(repo.root, '.ralph/logs/parallel/RQ-0001.1.log');
    expect(run.lines.map((line) => line['type']).slice(2)).toEqual([
      'agent.finished',
      'work.salvaged',
      'task.failed',
      'workspace.removed',
    ]);
    expect(run.events('task.failed')).toMatchObject([
      {
        attempt: 1,
        code: 'agent_failed',
        reason: 'agent ended with status 3: out of tokens',
        salvage_ref: ref,
        log_path: log,
        next_command: `ralph-worker logs RQ-0001 --attempt 1 --repo ${repo.root}`,
      },
    ]);
    expect(repo.git('ls-tree', '-r', '--name-only', ref).split('\n')).toEqual(['README.md', 'half.txt']);
    expect(readdirSync(repo.workspaces)).toEqual([]);
    expect(repo.git('for-each-ref', 'refs/ralph/base')).toBe('');
    expect(readdirSync(join(repo.root, '.ralph/cache/parallel/claims'))).toEqual([]);
  });

  it('has its commits at the attempt ref when it left nothing else', async () => {
    const repo = temporaryRepository();
    const run = await runWorker(repo, taskLines('RQ-0001'), 'git commit -q --allow-empty -m half; exit 1');
    expect(run.events('task.failed')).toMatchObject([{ salvage_ref: ATTEMPT }]);
    expect(repo.git('log', '-1', '--format=%s', ATTEMPT)).toBe('half');
    expect(repo.git('for-each-ref', 'refs/ralph/salvage')).toBe('');
  });

  it('did nothing and ended with 0: no_changes, and the next attempt gets the next number', async () => {
    const repo = temporaryRepository();
    for (const attempt of [1, 2]) {
      const run = await runWorker(repo, taskLines('RQ-0001'), 'true');
      expect(run.status).toBe(1);
      expect(run.events('task.failed')).toMatchObject([{ attempt, code: 'no_changes' }]);
    }
  });

  it('left a repository inside, or a killed git: no work is handed on, none is lost', async () => {
    const repo = temporaryRepository();
    const run = await runWorker(
      repo,
      taskLines('RQ-0002', 'RQ-0003'),
      `case $RALPH_TASK_ID in
RQ-0002) mkdir app; git init -q app; echo n > app/n;;
RQ-0003) echo x > x; touch .git/index.lock; kill -9 $$;;
esac`,
      '--jobs',
      '2',
    );
    expect(run.status).toBe(1);
    const codes = Object.fromEntries(run.events('task.failed').map((event) => [event['task_id'], event]));
    expect(codes['RQ-0002']).toMatchObject({ code: 'agent_failed', reason: expect.stringContaining('app/') });
    expect(codes['RQ-0003']).toMatchObject({ code: 'agent_signalled', salvage_ref: 'refs/ralph/salvage/RQ-0003/1' });
    expect(repo.git('show', 'refs/ralph/salvage/RQ-0002/1:app/n')).toBe('n');
    expect(repo.git('show', 'refs/ralph/salvage/RQ-0003/1:x')).toBe('x');
    expect(repo.git('fsck', '--no-dangling')).toBe('');
  });

  it('destroyed its git folder: its files are kept, and a repository around the workspaces is not touched', async () => {
    const repo = temporaryRepository();
    runGit(repo.folder, ['init', '-q', '-b', 'home', '.']);
    runGit(repo.folder, [
      '-c',
      'user.name=T',
      '-c',
      'user.email=t@t',
      'commit',
      '-q',
      '--allow-empty',
      '-m',
      'dotfiles',
    ]);
    const run = await runWorker(repo, taskLines('RQ-0001'), 'rm -rf .git; echo x > x');
    expect(run.status).toBe(1);
    expect(run.events('task.failed')).toMatchObject([{ salvage_ref: 'refs/ralph/salvage/RQ-0001/1' }]);
    expect(repo.git('show', 'refs/ralph/salvage/RQ-0001/1:x')).toBe('x');
    expect(runGit(repo.folder, ['symbolic-ref', 'HEAD'])).toBe('refs/heads/home');
    expect(runGit(repo.folder, ['rev-list', '--count', '--all'])).toBe('1');
    expect(readdirSync(repo.workspaces)).toEqual([]);
  });
});
