import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtProgram, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import {
  queueTask,
  runGit,
  temporaryRepository,
  type TestRepository,
} from '@ralph/protocol/testing/temporary-repository';
import { eventOf, finishedAttempt, foreignPush } from './finished-attempt.ts';

const RUN = ['run', '--keep-workspaces', '--backoff', '1'] as const;
const QUEUE = '.ralph/queue.jsonc';
const DONE = '.ralph/done.jsonc';

const QUEUE_TEXT = `// ours
{
  "version": 1,
  "tasks": [
    // the first
    ${JSON.stringify(queueTask('T-1', { request: 'as asked' }))},
    ${JSON.stringify(queueTask('T-2'))}, // the second
  ],
}
`;

/** A repository whose queue and done file are tracked; the highest id is T-7. */
function trackedQueue(): TestRepository {
  const done = [queueTask('T-7', { status: 'done', completed_at: '2026-01-01T00:00:00Z' })];
  return temporaryRepository({
    '.gitignore': '.ralph/cache/\n.ralph/logs/\n',
    [QUEUE]: QUEUE_TEXT,
    [DONE]: JSON.stringify({ version: 1, tasks: done }, null, 2),
  });
}

const TWO = [
  { key: 'docs', title: 'Write it down', priority: 'high', scope: ['docs/'], depends_on_keys: ['tests'] },
  { key: 'tests', title: 'Test it', plan: ['look', 'write'], independence_rationale: 'the code is of use without' },
];

function proposal(source: string, tasks: readonly object[] = TWO): object {
  return { version: 1, source_task_id: source, tasks };
}

function propose(workspace: string, id: string, content: object | string): string {
  const path = join(workspace, `.ralph/cache/followups/${id}.json`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return path;
}

interface OnTarget {
  readonly id: string;
  readonly [name: string]: unknown;
}

/** Reads one of the files on the target branch with the program that knows how. */
async function tasksOnTarget(repo: TestRepository): Promise<OnTarget[]> {
  const folder = join(repo.folder, `look-${Math.random().toString(16).slice(2)}`);
  runGit(repo.folder, ['clone', '-q', repo.origin, folder]);
  const { stdout } = await runProgram('ralph-state', ['task', 'list'], { cwd: folder });
  return records(stdout) as unknown as OnTarget[];
}

describe('M52: follow-ups with a queue that is tracked by git', () => {
  it('land in the very commit that moves their task to done, at the top, with the next ids; the file goes', async () => {
    const repo = trackedQueue();
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const path = propose(workspace, 'T-1', proposal('T-1'));
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(repo.gitOrigin('log', '--format=%s', 'main').split('\n')).toEqual([
      'T-1: move to done',
      'T-1: work',
      'start',
    ]);
    const tasks = await tasksOnTarget(repo);
    expect(tasks.map(({ id }) => id)).toEqual(['T-8', 'T-9', 'T-2']);
    expect(tasks[0]).toEqual({
      id: 'T-8',
      status: 'todo',
      title: 'Write it down',
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
      priority: 'high',
      request: 'as asked',
      scope: ['docs/'],
      depends_on: ['T-9'],
      relates_to: ['T-1'],
      custom_fields: { followup_of: 'T-1/1', followup_key: 'docs' },
    });
    expect(tasks[1]).toMatchObject({ plan: ['look', 'write'], notes: ['the code is of use without'] });
    const text = repo.gitOrigin('show', `main:${QUEUE}`);
    expect(text).toMatch(/^\/\/ ours\n/);
    expect(text).toContain(`    ${JSON.stringify(queueTask('T-2'))}, // the second\n`);
    expect(repo.gitOrigin('ls-tree', '-r', '--name-only', 'main')).not.toContain('followups');
    expect(eventOf(end, 'task.completed')).not.toHaveProperty('followups');
    expect(existsSync(path)).toBe(false);
    expect((await runProgram('ralph-state', ['task', 'validate'], { cwd: repo.root })).status).toBe(0);
  });

  it('get other ids when the race for the first ones is lost, and are added once', async () => {
    const repo = trackedQueue();
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const other = finishedAttempt(repo, 'T-2', { files: { 'b.txt': 'b\n' } });
    propose(workspace, 'T-1', proposal('T-1'));
    propose(other.workspace, 'T-2', proposal('T-2', [{ key: 'more', title: 'More' }]));
    const started = join(repo.folder, 'started');
    const rival = `cd ${repo.root} && ${process.execPath} ${builtProgram('ralph-integrate')} one T-2 --keep-workspaces --attempt 1 --workspace ${other.workspace}`;
    const gate = `test -e ${started} || { touch ${started}; ${rival}; }`;
    const end = await runProgram('ralph-integrate', [...RUN, '--ci', gate], {
      cwd: repo.root,
      stdin: `${line}\n`,
    });
    expect(end.status).toBe(0);
    expect(eventOf(end, 'push.rejected')).toMatchObject({ verdict: 'race' });
    const tasks = await tasksOnTarget(repo);
    expect(tasks.map(({ id, title }) => [id, title])).toEqual([
      ['T-9', 'Write it down'],
      ['T-10', 'Test it'],
      ['T-8', 'More'],
    ]);
  });

  it('are not added again by a landing that was pushed and not recorded anywhere', async () => {
    const repo = trackedQueue();
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    propose(workspace, 'T-1', proposal('T-1'));
    await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    foreignPush(repo, 'theirs.txt', 'theirs\n');
    const target = repo.gitOrigin('rev-parse', 'main');
    repo.git('update-ref', '-d', 'refs/ralph/landed/T-1/1');
    propose(workspace, 'T-1', proposal('T-1'));
    writeFileSync(join(workspace, '.git/ralph/integration.json'), '{');
    const again = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(again.status).toBe(0);
    expect(repo.gitOrigin('rev-parse', 'main')).toBe(target);
    expect((await tasksOnTarget(repo)).map(({ id }) => id)).toEqual(['T-8', 'T-9', 'T-2']);
  });

  it('of stacked candidates have ids of their own', async () => {
    const repo = trackedQueue();
    const lines = ['T-1', 'T-2'].map((id) => {
      const { line, workspace } = finishedAttempt(repo, id, { files: { [`${id}.txt`]: 'x\n' } });
      propose(workspace, id, proposal(id, [{ key: 'more', title: `More of ${id}` }]));
      return line;
    });
    const end = await runProgram('ralph-integrate', [...RUN, '--ci', 'true'], {
      cwd: repo.root,
      stdin: `${lines.join('\n')}\n`,
    });
    expect(end.status).toBe(0);
    const tasks = await tasksOnTarget(repo);
    expect(tasks.map(({ id }) => id)).toEqual(['T-9', 'T-8']);
    expect(new Set(tasks.map(({ title }) => title))).toEqual(new Set(['More of T-1', 'More of T-2']));
  });
});

describe('M52: a proposal that cannot be added keeps the work from landing', () => {
  it('each is told with its file, which is kept; nothing is pushed, and the others land', async () => {
    const one = { key: 'one', title: 'One' };
    const bad: readonly (readonly [string, object | string, string])[] = [
      ['B-1', proposal('B-1', [one, one]), 'the key "one" occurs twice'],
      ['B-2', proposal('T-2', [one]), 'source_task_id is "T-2"'],
      ['B-3', { ...proposal('B-3', [one]), version: 2 }, 'version: '],
      ['B-4', { ...proposal('B-4', [one]), extra: 1 }, '"extra"'],
      ['B-5', proposal('B-5', [{ ...one, depends_on_keys: ['two'] }]), 'depends on "two", which is not proposed'],
      ['B-6', '{"version":1', 'cannot be read'],
      ['B-7', `${' '.repeat(1024 * 1024)}{}`, 'larger than 1048576 bytes'],
    ];
    const ids = bad.map(([id]) => id);
    const repo = temporaryRepository({
      [QUEUE]: JSON.stringify({ version: 1, tasks: [...ids, 'T-1'].map((id) => queueTask(id)) }),
      [DONE]: '{"version":1,"tasks":[]}',
    });
    const finished = bad.map(([id, content]) => {
      const attempt = finishedAttempt(repo, id, { files: { [id]: 'x\n' } });
      return { ...attempt, id, path: propose(attempt.workspace, id, content) };
    });
    const good = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const end = await runProgram('ralph-integrate', RUN, {
      cwd: repo.root,
      stdin: [...finished, good].map(({ line }) => `${line}\n`).join(''),
    });
    expect(end.status).toBe(2);
    const blocked = records(end.stdout).filter(({ type }) => type === 'task.blocked');
    const told = new Map(blocked.map((event) => [event['task_id'], event]));
    for (const [id, _content, words] of bad) {
      expect(told.get(id)).toMatchObject({ code: 'followups_invalid', reason: expect.stringContaining(words) });
    }
    for (const { id, path, git, head } of finished) {
      expect(told.get(id)?.['next_command']).toContain(path);
      expect(existsSync(path)).toBe(true);
      expect(git('rev-parse', 'HEAD')).toBe(head);
    }
    expect(repo.gitOrigin('log', '--format=%s', 'main').split('\n')).toEqual([
      'T-1: move to done',
      'T-1: work',
      'start',
    ]);
    expect((await tasksOnTarget(repo)).map(({ id }) => id)).toEqual(ids);
  });

  it('a symlink on the way: told, and nothing behind it is read', async () => {
    const repo = trackedQueue();
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const elsewhere = join(repo.folder, 'elsewhere');
    propose(elsewhere, 'T-1', proposal('T-1'));
    mkdirSync(join(workspace, '.ralph/cache'), { recursive: true });
    symlinkSync(join(elsewhere, '.ralph/cache/followups'), join(workspace, '.ralph/cache/followups'));
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(eventOf(end, 'task.blocked')).toMatchObject({ code: 'followups_invalid' });
    expect(eventOf(end, 'task.blocked')['reason']).toContain('is a symlink');
  });

  it('lands by the command that is told, once it is mended', async () => {
    const repo = trackedQueue();
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    propose(workspace, 'T-1', proposal('T-2'));
    await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    propose(workspace, 'T-1', proposal('T-1'));
    const again = await runProgram('ralph-integrate', ['one', 'T-1', '--workspace', workspace], { cwd: repo.root });
    expect(again.status).toBe(0);
    expect((await tasksOnTarget(repo)).map(({ id }) => id)).toEqual(['T-8', 'T-9', 'T-2']);
  });
});

describe('M52: follow-ups with a queue that is not tracked', () => {
  it('are carried by task.completed, and added to the top by ralph-state with the move to done, once', async () => {
    const repo = temporaryRepository({ 'README.md': 'x\n', '.gitignore': '.ralph/\n' });
    repo.queue([queueTask('T-1', { request: 'as asked' }), queueTask('T-2')]);
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    propose(workspace, 'T-1', proposal('T-1'));
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(eventOf(end, 'task.completed')).toMatchObject({ followups: TWO });
    const apply = (stdin: string) => runProgram('ralph-state', ['apply'], { cwd: repo.root, stdin });
    expect((await apply(end.stdout)).status).toBe(0);
    const queue = () => JSON.parse(repo.read(QUEUE)) as { tasks: OnTarget[] };
    expect(queue().tasks.map(({ id }) => id)).toEqual(['T-3', 'T-4', 'T-2']);
    expect(queue().tasks[0]).toMatchObject({ relates_to: ['T-1'], request: 'as asked', depends_on: ['T-4'] });
    expect(repo.read('.ralph/cache/parallel/state.json')).not.toContain('followups');
    // A person who drops one is not asked again by a landing that is told again.
    repo.queue(queue().tasks.filter(({ id }) => id !== 'T-3'));
    const again = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(eventOf(again, 'task.completed')).toMatchObject({ followups: TWO });
    expect((await apply(again.stdout)).status).toBe(0);
    expect(queue().tasks.map(({ id }) => id)).toEqual(['T-4', 'T-2']);
  });
});
