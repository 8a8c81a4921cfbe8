// The sweeps over the five programs; the short form tries some calls of the long ones, the long form each.
import { expect, it } from 'vitest';
import { TAKING_ROOM, TOUCHING } from '../../torture/faults/calls.mjs';
import { missingLibrary } from '../../torture/preload/library.mjs';
import { makeSite } from './site.mjs';
import { sweep } from './sweep.mjs';

const LOCKING_TOO = [...TOUCHING, 'flock'];
const KINDS = {
  EIO: { calls: LOCKING_TOO, error: 'EIO' },
  ENOSPC: { calls: TAKING_ROOM, error: 'ENOSPC' },
  EMFILE: { calls: ['open', 'create'], error: 'EMFILE' },
  'no room for a process': { calls: ['fork'], error: 'ENOMEM' },
  'no number for a process': { calls: ['fork'], error: 'EAGAIN' },
};
/** What no program may fail of, however often it comes. */
const HARMLESS = {
  EINTR: { calls: LOCKING_TOO, error: 'EINTR', chance: 0.4 },
  'short writes': { calls: ['write'], deed: 'shorten' },
};

const AT = '2026-01-01T00:00:00.000Z';
const TASK = '{"id":"RQ-1","title":"Task RQ-1"}\n';
const EVENT = { v: 1, type: 'workspace.ready', at: AT, task_id: 'RQ-1', attempt: 1, workspace_path: '/w/RQ-1' };
const READY = `${JSON.stringify({ ...EVENT, base_commit: '1'.repeat(40), reused: false, duration_ms: 1 })}\n`;

/** What each program is asked, how it may end, and what has to be so after it has been asked again on a healthy machine. */
const CASES = {
  'ralph-state apply': {
    args: () => ['apply'],
    input: READY,
    isQuick: true,
    statuses: [0, 74],
    goal: (site) => (JSON.parse(site.read('cache/parallel/state.json')).workers.length === 1 ? [] : ['not recorded']),
  },
  'ralph-state task add': {
    args: () => ['task', 'add', '--title', 'Another'],
    isQuick: true,
    statuses: [0, 74],
    goal: (site) => (/Another/.test(site.read('queue.jsonc')) ? [] : ['not added']),
  },
  'ralph-lock run': { args: () => ['run', '--', 'true'], isQuick: true, statuses: [0, 74], goal: () => [] },
  'ralph-worker run': { args: (site) => ['run', '--', site.agent], input: TASK, statuses: [0, 1, 74], goal: hasWork },
  'ralph-integrate one': {
    args: () => ['one', 'RQ-1', '--ci', 'true', '--backoff', '1'],
    prepare: (site) => site.run('ralph-worker', ['run', '--', site.agent], { input: TASK }),
    statuses: [0, 1, 3, 74],
    goal: hasLandedOnce,
  },
  'ralph-orchestrate run': {
    args: (site) => ['run', '--ci', 'true', '--backoff', '1', '--max-failures', '0', '--', site.agent],
    statuses: [0, 2, 74],
    goal: hasLandedOnce,
    isRun: true,
  },
};

function hasWork(site) {
  return site.git('log', '--all', '--format=%s').includes('work') ? [] : ['the work is nowhere'];
}

function hasLandedOnce(site) {
  return site.landed() === 1 ? [] : [`landed ${site.landed()} times`];
}

/** Declares the test of one program. */
export function sweepOf(command, { calls = Infinity, kinds = Object.keys(KINDS) } = {}) {
  it.for(kinds)(`${command}: %s at one call after the other`, async (kind, context) => {
    const missing = missingLibrary();
    if (missing !== undefined) context.skip(missing);
    const { args, input, prepare, statuses, goal, isQuick, isRun } = CASES[command];
    const site = makeSite();
    await prepare?.(site);
    const [name] = command.split(' ');
    const judge = async ({ status, stderr }) => {
      const first = statuses.includes(status) ? [] : [`status ${status}: ${stderr}`];
      const lied = status === 0 ? goal(site).map((text) => `status 0, but ${text}`) : [];
      const left = isQuick ? site.files().filter((path) => path.includes('.next')) : [];
      const again = await (isRun ? takenUp(site, args(site)) : site.run(name, args(site), { input }));
      const [wasWell, what] = [again.status === 0, `again: status ${again.status}: ${again.stderr}`];
      return [...first, ...lied, ...left.map((path) => `left: ${path}`), ...(wasWell ? goal(site) : [what])];
    };
    const rule = { ...KINDS[kind], ...(isRun ? { programs: ['ralph-*', 'flock', 'perl'] } : {}) };
    const { tried, wrong } = await sweep({ site, rule, name, args: args(site), input, most: calls, judge });
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(0);
  });
}

/** Runs again, and asks again for what was blocked, as a person would. */
async function takenUp(site, args) {
  const end = await site.run('ralph-orchestrate', args);
  if (site.landed() > 0) return end;
  await site.run('ralph-orchestrate', ['retry', 'RQ-1']);
  return site.run('ralph-orchestrate', args);
}

/** Declares the test of one program with errors that it has to bear. */
export function stormOf(command) {
  it.for(Object.keys(HARMLESS))(`${command}: %s again and again change nothing`, async (kind, context) => {
    const missing = missingLibrary();
    if (missing !== undefined) context.skip(missing);
    const { args, input, prepare, goal } = CASES[command];
    const site = makeSite();
    await prepare?.(site);
    const plan = site.plan();
    const paths = [`${site.root}/*`, `${site.folder}/.workspaces*`];
    plan.set(0, { ...HARMLESS[kind], paths, programs: ['ralph-*', 'flock', 'perl'], seed: 1 });
    const end = await site.run(command.split(' ')[0], args(site), { input, more: plan.env });
    expect(end).toMatchObject({ status: 0, signal: null });
    expect(goal(site)).toEqual([]);
    expect(plan.hits(0)).toBeGreaterThan(0);
    plan.close();
  });
}

export const COMMANDS = Object.keys(CASES);
