import { describe, expect, it } from 'vitest';
import type { Leftover, LeftRecord, LeftWorkspace } from '../src/start/leftover.ts';
import { recover } from '../src/start/recover.ts';

const RECORD: LeftRecord = {
  lifecycle: 'running',
  attempt: 1,
  activity: 'lost',
  hasWork: false,
  isPublished: false,
  isAskedFor: false,
  targetBranch: 'main',
};
const WORKSPACE: LeftWorkspace = {
  path: '/w/A',
  attempt: 1,
  phase: 'running',
  targetBranch: 'main',
  hasWork: false,
  isSuperseded: false,
  blocked: undefined,
};
const FINISHED: LeftWorkspace = { ...WORKSPACE, phase: 'finished', hasWork: true };
const BLOCKED: LeftWorkspace = { ...FINISHED, blocked: { code: 'ci_failed', reason: 'red', attempts: 2 } };

const record = (fields: Partial<LeftRecord> = {}): LeftRecord => ({ ...RECORD, ...fields });
const ended = (lifecycle: LeftRecord['lifecycle'], fields: Partial<LeftRecord> = {}) =>
  record({ lifecycle, activity: 'ended', ...fields });

type Facts = Partial<Omit<Leftover, 'taskId'>>;

function judged(facts: Facts): unknown {
  const leftover = { taskId: 'A', record: undefined, workspace: undefined, claim: 'free', wanted: 'here', ...facts };
  const [planned] = recover([leftover as Leftover], 'main');
  return planned === undefined ? 'nothing' : [planned.action, planned.remedy];
}

const ADOPT = ['adopted', { kind: 'adopt', attempt: 1, restore: false }];
const RESTORE = ['adopted', { kind: 'adopt', attempt: 1, restore: true }];
const REAP = ['requeued', { kind: 'reap' }];
const LEAVE = ['kept', { kind: 'leave' }];
const CLEAR = ['cleared', { kind: 'remove', attempt: 1 }];
const REMOVE = ['requeued', { kind: 'remove', attempt: 1 }];

const CASES: readonly (readonly [string, Facts, unknown])[] = [
  [
    'a program of a dead run still ends it',
    { claim: 'ending', workspace: WORKSPACE },
    ['waited_for', { kind: 'wait' }],
  ],
  ['another shell works on it', { claim: 'held', record: record(), workspace: WORKSPACE }, LEAVE],
  ['another shell works on it, unrecorded', { claim: 'held', workspace: FINISHED }, LEAVE],
  ['its process lives', { record: record({ activity: 'at_work' }), workspace: WORKSPACE }, LEAVE],
  ['ralph-agent-loop is believed', { record: record({ activity: 'believed', attempt: undefined }) }, LEAVE],
  [
    'ralph-agent-loop is believed, with a workspace',
    {
      record: record({ activity: 'believed', attempt: undefined }),
      workspace: { ...WORKSPACE, attempt: undefined, phase: undefined },
    },
    LEAVE,
  ],
  [
    'ralph-agent-loop is not believed any more',
    { record: record({ attempt: undefined }) },
    ['requeued', { kind: 'forget' }],
  ],

  ['agent killed', { record: record(), workspace: WORKSPACE }, REAP],
  ['agent killed before it was recorded', { workspace: WORKSPACE }, REAP],
  [
    'agent killed, an earlier attempt on record',
    { record: ended('failed'), workspace: { ...WORKSPACE, attempt: 2 } },
    REAP,
  ],
  [
    'agent of a blocked task that was asked for again killed',
    { record: ended('blocked_push', { isAskedFor: true }), workspace: { ...WORKSPACE, attempt: 2 } },
    REAP,
  ],
  [
    'agent killed, task out of the queue',
    { record: record(), workspace: WORKSPACE, wanted: 'nowhere' },
    ['cleared', { kind: 'reap' }],
  ],
  ['agent killed, run of other tasks', { record: record(), workspace: WORKSPACE, wanted: 'in_queue' }, REAP],
  ['a folder that says nothing of itself', { workspace: { ...WORKSPACE, attempt: undefined, phase: undefined } }, REAP],

  ['finished, not recorded', { record: record(), workspace: FINISHED }, ADOPT],
  ['finished, waits', { record: record({ activity: 'waiting', hasWork: true }), workspace: FINISHED }, ADOPT],
  [
    'in the middle of its integration',
    { record: record({ lifecycle: 'integrating', hasWork: true }), workspace: FINISHED },
    ADOPT,
  ],
  [
    'given up by an earlier start',
    { record: record({ lifecycle: 'failed', activity: 'given_up', hasWork: true }), workspace: FINISHED },
    ADOPT,
  ],
  ['finished, no state file', { workspace: FINISHED }, ADOPT],
  ['finished and landed, task out of the queue', { workspace: FINISHED, wanted: 'landed' }, ADOPT],
  ['finished, task out of the queue', { workspace: FINISHED, wanted: 'nowhere' }, LEAVE],
  ['finished, run of other tasks', { workspace: FINISHED, wanted: 'in_queue' }, LEAVE],
  ['finished for another branch', { workspace: { ...FINISHED, targetBranch: 'old' } }, REMOVE],
  ['finished, its ref gone', { workspace: { ...FINISHED, hasWork: false } }, REMOVE],
  ['finished, a newer attempt begun', { workspace: { ...FINISHED, isSuperseded: true } }, CLEAR],
  ['finished, a newer attempt on record', { record: record({ attempt: 2 }), workspace: FINISHED }, CLEAR],

  ['workspace gone by hand, finished', { record: record({ activity: 'waiting', hasWork: true }) }, RESTORE],
  ['workspace gone by hand, integrating', { record: record({ lifecycle: 'integrating', hasWork: true }) }, RESTORE],
  [
    'workspace gone by hand, finished for another branch',
    { record: record({ hasWork: true, targetBranch: 'old' }) },
    ['requeued', { kind: 'forget' }],
  ],
  ['workspace gone by hand, not finished', { record: record() }, ['requeued', { kind: 'forget' }]],
  [
    'workspace gone by hand, task out of the queue',
    { record: record({ activity: 'waiting', hasWork: true }), wanted: 'nowhere' },
    LEAVE,
  ],
  ['given up long ago, nothing there', { record: record({ lifecycle: 'failed', activity: 'given_up' }) }, 'nothing'],

  ['M25: completed, workspace there', { record: ended('completed'), workspace: FINISHED }, CLEAR],
  ['M25: failed, workspace there', { record: ended('failed'), workspace: WORKSPACE }, CLEAR],
  [
    'M25: failed, workspace prepared under its attempt',
    { record: ended('failed'), workspace: { ...WORKSPACE, phase: 'prepared' } },
    CLEAR,
  ],
  ['completed, nothing there', { record: ended('completed') }, 'nothing'],
  ['failed, nothing there', { record: ended('failed') }, 'nothing'],

  ['M25: blocked', { record: ended('blocked_push'), workspace: BLOCKED }, LEAVE],
  [
    'blocked, a later attempt came to nothing',
    { record: ended('blocked_push'), workspace: { ...BLOCKED, isSuperseded: true } },
    LEAVE,
  ],
  ['blocked, workspace gone', { record: ended('blocked_push') }, 'nothing'],
  ['blocked, asked for again', { record: ended('blocked_push', { isAskedFor: true }), workspace: BLOCKED }, 'nothing'],
  ['published', { record: ended('blocked_push', { isPublished: true }), workspace: BLOCKED }, LEAVE],
  ['published, workspace gone', { record: ended('blocked_push', { isPublished: true }) }, 'nothing'],
  [
    'blocked, not recorded',
    { record: record({ lifecycle: 'integrating', hasWork: true }), workspace: BLOCKED },
    ['kept', { kind: 'record_blocked', attempt: 1 }],
  ],
  ['blocked, no state file', { workspace: BLOCKED }, ['kept', { kind: 'record_blocked', attempt: 1 }]],
  ['blocked by another tool', { workspace: { ...BLOCKED, attempt: undefined } }, LEAVE],

  ['prepared by hand', { workspace: { ...WORKSPACE, phase: 'prepared' } }, 'nothing'],
  [
    'prepared by hand after an attempt that is lost',
    { record: record(), workspace: { ...WORKSPACE, attempt: 2, phase: 'prepared' } },
    ['requeued', { kind: 'forget' }],
  ],
  ['nothing at all', {}, 'nothing'],
];

describe('recover', () => {
  it.each(CASES)('%s', (_name, facts, expected) => {
    expect(judged(facts)).toEqual(expected);
  });

  it('never removes what is claimed, believed or kept for a person, and never adopts what has no commits', () => {
    const records = [
      undefined,
      record(),
      record({ hasWork: true }),
      ended('completed'),
      ended('failed'),
      ended('blocked_push'),
      record({ activity: 'believed' }),
      record({ activity: 'at_work' }),
      record({ activity: 'waiting', hasWork: true }),
      record({ lifecycle: 'failed', activity: 'given_up' }),
    ];
    const workspaces = [
      undefined,
      WORKSPACE,
      FINISHED,
      BLOCKED,
      { ...FINISHED, hasWork: false },
      { ...FINISHED, isSuperseded: true },
    ];
    const wanted = ['here', 'in_queue', 'nowhere', 'landed'] as const;
    const claims = ['free', 'ending', 'held'] as const;
    const all = records.flatMap((left) =>
      workspaces.flatMap((workspace) =>
        wanted.flatMap((want) =>
          claims.map((claim): Leftover => ({ taskId: 'A', record: left, workspace, claim, wanted: want })),
        ),
      ),
    );
    const plan = recover(all, 'main');
    const takesAway = plan.filter(({ remedy }) => remedy.kind === 'remove' || remedy.kind === 'reap');
    expect(takesAway.filter(({ leftover }) => leftover.claim !== 'free')).toEqual([]);
    expect(
      takesAway.filter(({ leftover }) => ['believed', 'at_work'].includes(leftover.record?.activity ?? '')),
    ).toEqual([]);
    expect(takesAway.filter(({ leftover }) => leftover.record?.lifecycle === 'blocked_push')).toEqual([]);
    const adopted = plan.filter(({ remedy }) => remedy.kind === 'adopt');
    expect(adopted.length).toBeGreaterThan(0);
    expect(
      adopted.filter(({ leftover: { workspace, record: left } }) => !(workspace?.hasWork ?? left?.hasWork)),
    ).toEqual([]);
    expect(adopted.filter(({ leftover }) => !['here', 'landed'].includes(leftover.wanted))).toEqual([]);
  });
});
