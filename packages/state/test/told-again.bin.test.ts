import { describe, expect, it } from 'vitest';
import { errorRecord, records } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import {
  agentFinished,
  agentStarted,
  integrateStarted,
  stream,
  taskBlocked,
  taskCompleted,
  taskFailed,
  workspaceReady,
} from './support/events.ts';
import { DONE, idsOnDisk, QUEUE, ralphState, stateOnDisk } from './support/repository.ts';

const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`;
const BEGIN = [
  workspaceReady({ at: at(1) }),
  agentStarted({ at: at(2) }),
  agentFinished({ at: at(3) }),
  integrateStarted({ at: at(4) }),
];
const OPENED_AGAIN = queueTask('RQ-0001', { updated_at: '2026-01-02T00:00:00Z' });

describe('a whole stream that is applied again', () => {
  it.each([
    ['that lands', [...BEGIN, taskCompleted({ at: at(5) })]],
    ['that fails', [...BEGIN, taskFailed({ at: at(5) })]],
    ['that is blocked', [...BEGIN, taskBlocked({ at: at(5) })]],
    ['that breaks off', BEGIN],
    [
      'that is blocked and lands after all',
      [...BEGIN, taskBlocked({ at: at(5) }), integrateStarted({ at: at(6) }), taskCompleted({ at: at(7) })],
    ],
    ['whose events are all of one moment', [workspaceReady(), agentStarted(), agentFinished(), taskCompleted()]],
  ])('says nothing new: %s', async (_title, events) => {
    const { root } = temporaryRepository();
    await ralphState(root, ['apply'], stream(...events));
    const { workers } = stateOnDisk(root);
    const { status, stderr } = await ralphState(root, ['apply'], stream(...events));
    expect({ status, stderr, workers: stateOnDisk(root).workers }).toEqual({ status: 0, stderr: '', workers });
  });

  it('does not archive a task that somebody has opened again since it landed', async () => {
    const { root, queue } = temporaryRepository();
    await ralphState(root, ['apply'], stream(...BEGIN, taskCompleted({ at: at(5) })));
    queue([OPENED_AGAIN]);
    await ralphState(root, ['apply'], stream(...BEGIN, taskCompleted({ at: at(5) })));
    await ralphState(root, ['init']);
    expect([idsOnDisk(root, QUEUE), idsOnDisk(root, DONE)]).toEqual([['RQ-0001'], []]);
  });
});

describe('what an owner says after it was given up', () => {
  it.each([
    ['its agent has finished', [agentFinished({ at: at(9) })], 'running'],
    [
      'it has landed',
      [agentFinished({ at: at(8) }), integrateStarted({ at: at(8) }), taskCompleted({ at: at(9) })],
      'completed',
    ],
    ['it has landed, and nothing else', [taskCompleted({ at: at(9) })], 'completed'],
  ])('is recorded: %s', async (_title, events, lifecycle) => {
    const { root } = temporaryRepository();
    await ralphState(root, ['apply'], stream(workspaceReady({ at: at(1) }), agentStarted({ at: at(2) })));
    await ralphState(root, ['init']);
    expect(stateOnDisk(root).workers).toMatchObject([{ lifecycle: 'failed', error_code: 'owner_gone' }]);
    const { status } = await ralphState(root, ['apply'], stream(...events));
    const [record] = stateOnDisk(root).workers;
    expect({ status, record }).toMatchObject({ status: 0, record: { lifecycle } });
    expect(record).not.toHaveProperty('error_code');
  });

  it('is still refused where an agent said itself that it failed', async () => {
    const { root } = temporaryRepository();
    await ralphState(root, ['apply'], stream(agentStarted({ at: at(2) }), taskFailed({ at: at(3) })));
    const { status, stderr } = await ralphState(root, ['apply'], stream(taskCompleted({ at: at(9) })));
    expect([status, errorRecord(stderr)['message']]).toEqual([65, expect.stringContaining('from failed to completed')]);
  });
});

it('moves nothing for an old word of a landing that the record has not taken', async () => {
  const { root, queue } = temporaryRepository();
  queue([queueTask('RQ-0001')]);
  const events = [...BEGIN, taskFailed({ at: at(6) }), taskCompleted({ at: at(5) })];
  expect((await ralphState(root, ['apply'], stream(...events))).status).toBe(0);
  expect([idsOnDisk(root, QUEUE), idsOnDisk(root, DONE)]).toEqual([['RQ-0001'], []]);
  expect(stateOnDisk(root).workers).toMatchObject([{ lifecycle: 'failed' }]);
});

describe('a queue that does not say what the state file says', () => {
  it('is mended at the next start when the writer was killed between the two', async () => {
    const { root, queue } = temporaryRepository();
    await ralphState(root, ['apply'], stream(...BEGIN, taskCompleted({ at: at(5) })));
    queue([queueTask('RQ-0001'), queueTask('RQ-0002')]);
    await ralphState(root, ['init']);
    expect([idsOnDisk(root, QUEUE), idsOnDisk(root, DONE)]).toEqual([['RQ-0002'], ['RQ-0001']]);
  });

  it('keeps a task that was opened again under an id that is done', async () => {
    const { root, queue, write, read } = temporaryRepository();
    queue([OPENED_AGAIN]);
    const ended = queueTask('RQ-0001', { status: 'done', completed_at: '2026-01-01T12:00:00Z' });
    write(DONE, JSON.stringify({ version: 1, tasks: [ended] }));
    const before = read(QUEUE);
    for (const args of [
      ['task', 'list', '--runnable'],
      ['task', 'validate'],
      ['task', 'next'],
    ]) {
      expect((await ralphState(root, args)).status).toBe(65);
    }
    expect(read(QUEUE)).toBe(before);
  });

  it('moves the task that landed, not a rejected one of the same id', async () => {
    const { root, queue } = temporaryRepository();
    const rejected = { status: 'rejected', completed_at: '2026-01-01T00:00:00Z', title: 'old' };
    queue([queueTask('RQ-0001', rejected), queueTask('RQ-0001', { title: 'live' })]);
    await ralphState(root, ['apply'], stream(...BEGIN, taskCompleted({ at: at(5) })));
    expect(records((await ralphState(root, ['task', 'list'])).stdout)).toMatchObject([{ title: 'old' }]);
  });

  it('moves a thousand tasks that landed together in one write', async () => {
    const { root, queue } = temporaryRepository();
    const ids = Array.from({ length: 1000 }, (_, index) => `RQ-${index}`);
    queue(ids.map((id) => queueTask(id)));
    const { status } = await ralphState(
      root,
      ['apply'],
      stream(...ids.map((task) => taskCompleted({ task, at: at(5) }))),
    );
    expect([status, idsOnDisk(root, QUEUE), idsOnDisk(root, DONE)]).toEqual([0, [], ids]);
  });
});
