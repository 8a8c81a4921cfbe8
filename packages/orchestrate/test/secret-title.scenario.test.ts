import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { loggedEvents } from './support/event-log.ts';
import { Receiver, notifyEnvironment } from './support/receiver.ts';

const SECRET = 'supersecretvalue123456';
const TITLE = `use ${SECRET}`;
const SHOWN = 'use [redacted]';

/** A task whose title holds a secret of the repository, and an agent that keeps what it was told. */
function secretTask(more = ''): { repository: TestRepository; agent: string } {
  const repository = temporaryRepository({ '.gitignore': '.ralph/\n.env\n', '.env': `API_KEY=${SECRET}\n` });
  repository.queue([queueTask('RQ-0001', { title: TITLE })]);
  const { folder } = repository;
  const agent = scriptedCommand(
    folder,
    'agent',
    `cat > ${folder}/prompt; printf '%s' "$RALPH_TASK_TITLE" > ${folder}/title; echo x > "$RALPH_TASK_ID.txt"; ${more}`,
  );
  return { repository, agent };
}

describe('a secret in the title of a task', () => {
  it('is in no event on stdout, in the log or at a target, and the agent and the commit have it', async () => {
    const { repository, agent } = secretTask();
    const { root, folder } = repository;
    const receiver = await Receiver.open();
    const env = notifyEnvironment({
      id: 'team',
      webhook: receiver.url,
      secret_env: 'HOOK_SECRET',
      events: ['task.completed'],
    });
    const { status, stdout, stderr } = await runProgram('ralph-orchestrate', ['run', '--', agent], { cwd: root, env });
    expect(status).toBe(0);
    expect(`${stdout}${stderr}${readFileSync(join(root, '.ralph/logs/parallel/events.ndjson'), 'utf8')}`).not.toContain(
      SECRET,
    );
    const titled = (events: readonly Record<string, unknown>[]) =>
      events.filter(({ title }) => title !== undefined).map(({ type, title }) => [type, title]);
    const types = ['task.selected', 'agent.started', 'agent.finished', 'task.completed', 'task.receipt'];
    expect(titled(records(stdout))).toEqual(expect.arrayContaining(types.map((type) => [type, SHOWN])));
    expect(titled(loggedEvents(root))).toEqual(expect.arrayContaining(types.map((type) => [type, SHOWN])));
    expect(receiver.events).toMatchObject([{ type: 'task.completed', title: SHOWN }]);
    expect(readFileSync(join(folder, 'title'), 'utf8')).toBe(TITLE);
    expect(readFileSync(join(folder, 'prompt'), 'utf8')).toContain(TITLE);
    expect(repository.gitOrigin('log', '--format=%s', 'main')).toContain(TITLE);
  });

  it('is not shown to a person, and the one commit that is made of merged work has it', async () => {
    const merged =
      'git checkout -qb side && git add -A && git commit -qm side && git checkout -q - && git merge -q --no-ff side';
    const { repository, agent } = secretTask(merged);
    const args = ['run', '--format', 'table', '--', agent];
    const { status, stdout, stderr } = await runProgram('ralph-orchestrate', args, { cwd: repository.root });
    expect(status).toBe(0);
    expect(stdout).toContain(SHOWN);
    expect(`${stdout}${stderr}`).not.toContain(SECRET);
    expect(repository.gitOrigin('log', '--format=%s', 'main')).toContain(`RQ-0001: ${TITLE}`);
  });
});
