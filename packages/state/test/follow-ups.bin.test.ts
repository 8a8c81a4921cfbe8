import { describe, expect, it } from 'vitest';
import { errorRecord, records } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { agentStarted, taskCompleted } from './support/events.ts';
import { DONE, idsOnDisk, QUEUE, ralphState, STATE, stateOnDisk } from './support/repository.ts';

const FOLLOWUPS = [{ key: 'a', title: 'A' }];
const PROPOSAL = { version: 1, source_task_id: 'RQ-0001', tasks: FOLLOWUPS };

/** Ended now: an old record is dropped by the next start. */
function completedNow(): object {
  return taskCompleted({ at: new Date().toISOString(), followups: FOLLOWUPS });
}

function lines(...events: readonly object[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

describe('ralph-state task archive --followups', () => {
  it('M52: moves the task and adds what is proposed, in one write, and prints both', async () => {
    const { root, queue } = temporaryRepository();
    queue([queueTask('RQ-0001'), queueTask('RQ-0002')]);
    const args = ['task', 'archive', 'RQ-0001', '--followups', '--attempt', '3'];
    const { status, stdout } = await ralphState(root, args, lines(PROPOSAL));
    expect(status).toBe(0);
    expect(records(stdout)).toMatchObject([
      { id: 'RQ-0001', status: 'done' },
      { id: 'RQ-0003', title: 'A', custom_fields: { followup_of: 'RQ-0001/3', followup_key: 'a' } },
    ]);
    expect([idsOnDisk(root, QUEUE), idsOnDisk(root, DONE)]).toEqual([['RQ-0003', 'RQ-0002'], ['RQ-0001']]);
    expect((await ralphState(root, args, lines(PROPOSAL))).status).toBe(0);
    expect(idsOnDisk(root, QUEUE)).toEqual(['RQ-0003', 'RQ-0002']);
  });

  it.each([
    ['about another task', lines({ ...PROPOSAL, source_task_id: 'RQ-0002' }), 65, 'source_task_id is RQ-0002'],
    ['with an unknown field', lines({ ...PROPOSAL, extra: 1 }), 65, 'extra'],
    ['given twice', lines(PROPOSAL, PROPOSAL), 64, 'takes one proposal'],
    ['not given', '', 64, 'found no proposal'],
  ])('changes nothing for a proposal %s', async (_name, stdin, expected, words) => {
    const { root, queue, read } = temporaryRepository();
    queue([queueTask('RQ-0001')]);
    const before = read(QUEUE);
    const { status, stderr } = await ralphState(root, ['task', 'archive', 'RQ-0001', '--followups'], stdin);
    expect({ status, told: errorRecord(stderr)['message'] }).toEqual({
      status: expected,
      told: expect.stringContaining(words),
    });
    expect([read(QUEUE), idsOnDisk(root, DONE)]).toEqual([before, []]);
  });

  it('adds nothing where there is no such task', async () => {
    const { root, queue } = temporaryRepository();
    queue([queueTask('RQ-0002')]);
    const { status } = await ralphState(root, ['task', 'archive', 'RQ-0001', '--followups'], lines(PROPOSAL));
    expect([status, idsOnDisk(root, QUEUE)]).toEqual([6, ['RQ-0002']]);
  });
});

describe('what a landing carries for a queue that is not tracked', () => {
  it('M52: waits in the record while the queue cannot be read, and the next start adds it once', async () => {
    const { root, queue, write } = temporaryRepository();
    write(QUEUE, '{ broken');
    const landed = lines(agentStarted(), completedNow());
    expect((await ralphState(root, ['apply'], landed)).status).toBe(65);
    expect(stateOnDisk(root).workers).toMatchObject([{ lifecycle: 'completed', followups: FOLLOWUPS }]);
    queue([queueTask('RQ-0001'), queueTask('RQ-0002')]);
    const init = () => ralphState(root, ['init', '--target-branch', 'main']);
    expect((await init()).status).toBe(0);
    expect([idsOnDisk(root, QUEUE), idsOnDisk(root, DONE)]).toEqual([['RQ-0003', 'RQ-0002'], ['RQ-0001']]);
    expect(stateOnDisk(root).workers[0]).not.toHaveProperty('followups');
    await init();
    expect(idsOnDisk(root, QUEUE)).toEqual(['RQ-0003', 'RQ-0002']);
  });

  it('is added once when a writer was killed before its record said so', async () => {
    const { root, queue, write, read } = temporaryRepository();
    queue([queueTask('RQ-0001')]);
    await ralphState(root, ['apply'], lines(agentStarted(), completedNow()));
    const state = JSON.parse(read(STATE)) as { workers: object[] };
    write(
      STATE,
      JSON.stringify({ ...state, workers: state.workers.map((each) => ({ ...each, followups: FOLLOWUPS })) }),
    );
    await ralphState(root, ['init', '--target-branch', 'main']);
    expect([idsOnDisk(root, QUEUE), idsOnDisk(root, DONE)]).toEqual([['RQ-0002'], ['RQ-0001']]);
    expect(stateOnDisk(root).workers[0]).not.toHaveProperty('followups');
  });

  it('of a task from elsewhere is added too, without a link that would lead nowhere', async () => {
    const { root, queue } = temporaryRepository();
    queue([queueTask('RQ-0002')]);
    await ralphState(root, ['apply'], lines(agentStarted(), completedNow()));
    expect(idsOnDisk(root, QUEUE)).toEqual(['RQ-0003', 'RQ-0002']);
    expect((await ralphState(root, ['task', 'validate'])).status).toBe(0);
  });
});
