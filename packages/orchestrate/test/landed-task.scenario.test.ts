import { expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { leftovers } from './support/leftovers.ts';
import { recordsOnDisk } from './support/state.ts';

const QUEUE = '.ralph/queue.jsonc';
const DONE = '.ralph/done.jsonc';
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

it('M39, M44, M52: what has landed is recorded, moved to done and in the checkout of the user; its follow-up is run, too', async () => {
  const repository = temporaryRepository({
    '.gitignore': '.ralph/cache/\n.ralph/logs/\n.ralph/loop.lock\n',
    [QUEUE]: JSON.stringify({ version: 1, tasks: [queueTask('RQ-0001')] }, null, 2),
    [DONE]: JSON.stringify({ version: 1, tasks: [] }, null, 2),
  });
  const { root, folder } = repository;
  const agent = scriptedCommand(
    folder,
    'agent',
    `echo "$RALPH_TASK_ID" > "$RALPH_TASK_ID.txt"
     test "$RALPH_TASK_ID" = RQ-0001 || exit 0
     mkdir -p .ralph/cache/followups
     cat > .ralph/cache/followups/RQ-0001.json <<'END'
{"version":1,"source_task_id":"RQ-0001","tasks":[{"key":"next","title":"What is next"}]}
END
     git add -A && git commit -qm work`,
  );
  const tasksIn = (path: string) => (JSON.parse(repository.read(path)) as { tasks: Record<string, unknown>[] }).tasks;

  const run = await runProgram('ralph-orchestrate', ['run', '--', agent], { cwd: root });
  expect(run.status).toBe(0);
  expect(records(run.stdout).at(-1)).toMatchObject({ landed: ['RQ-0001', 'RQ-0002'] });

  for (const id of ['RQ-0001', 'RQ-0002']) {
    const landed = recordsOnDisk(root).find(({ task_id }) => task_id === id);
    expect(landed).toMatchObject({ lifecycle: 'completed', completed_at: expect.stringMatching(RFC_3339) });
    repository.gitOrigin('merge-base', '--is-ancestor', landed?.pushed_commit ?? '', 'main');
    expect(repository.gitOrigin('show', `main:${id}.txt`)).toBe(id);
  }
  expect(repository.gitOrigin('log', '--reverse', '--format=%s', 'main').split('\n')).toEqual([
    'start',
    'work',
    'RQ-0001: move to done',
    expect.stringContaining('RQ-0002'),
    'RQ-0002: move to done',
  ]);
  expect(repository.git('rev-parse', 'HEAD')).toBe(repository.gitOrigin('rev-parse', 'main'));
  expect(repository.git('status', '--porcelain')).toBe('');
  expect(tasksIn(QUEUE)).toEqual([]);
  expect(tasksIn(DONE)).toMatchObject([
    { id: 'RQ-0001', status: 'done', completed_at: expect.stringMatching(RFC_3339) },
    { id: 'RQ-0002', status: 'done', title: 'What is next', relates_to: ['RQ-0001'] },
  ]);
  expect(leftovers(repository)).toEqual([]);
});

it('M53: a queue that git does not carry keeps what others write meanwhile; an agent has no say in it', async () => {
  const repository = temporaryRepository({ 'README.md': '# test\n', '.gitignore': '.ralph/\n' });
  const { root, folder } = repository;
  repository.queue([queueTask('RQ-0001'), queueTask('RQ-0002', { scheduled_start: '2999-01-01T00:00:00Z' })]);
  const mine = queueTask('RQ-0009', { status: 'draft', theirs: 1.5 });
  const edited = `// mine\n{"version": 1, "tasks": [\n  ${JSON.stringify(queueTask('RQ-0001'))},\n  ${JSON.stringify(mine)} // a draft\n]}\n`;
  repository.write('edited.jsonc', edited);
  repository.git('add', '-A');
  repository.git('commit', '-qm', 'edited');
  repository.git('push', '-q');
  const agent = scriptedCommand(
    folder,
    'agent',
    `echo x > x.txt
     mkdir -p .ralph && echo '{"version":1,"tasks":[{"id":"RQ-0001","title":"t","status":"todo"}]}' > .ralph/done.jsonc
     cp "${root}/edited.jsonc" "${root}/${QUEUE}"`,
  );
  const { status, stdout } = await runProgram('ralph-orchestrate', ['run', '--', agent], { cwd: root });
  expect(status).toBe(0);
  expect(records(stdout).at(-1)).toMatchObject({ landed: ['RQ-0001'] });
  expect(repository.read(QUEUE)).toBe(`// mine\n{"version": 1, "tasks": [\n  ${JSON.stringify(mine)} // a draft\n]}\n`);
  const done = JSON.parse(repository.read(DONE)) as { tasks: object[] };
  expect(done.tasks).toMatchObject([
    { id: 'RQ-0001', title: 'Task RQ-0001', status: 'done', completed_at: expect.stringMatching(RFC_3339) },
  ]);
  expect(leftovers(repository)).toEqual([]);
});
