import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { programWords } from '../../torture/one-run.mjs';
import { missingLibrary } from '../../torture/preload/library.mjs';
import { comesTrue } from '../../torture/wait.mjs';
import { makeSite } from './site.mjs';

const DAY_S = 86_400;

/** Makes a site whose programs see a clock that is wrong. */
function siteWithClock(context, options) {
  const missing = missingLibrary();
  if (missing !== undefined) context.skip(missing);
  const site = makeSite(options);
  return { site, plan: site.plan() };
}

/** Holds the loop lock until the function is called. */
async function heldLock({ root, env }) {
  const [node, script] = programWords('ralph-lock');
  const holder = spawn(node, [script, 'hold'], { cwd: root, env });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  return () => holder.stdin.end();
}

describe('a clock of the day that runs away', () => {
  it.for([1, -1])('a wait for the lock goes on until it is free (%i day at each look)', async (days, context) => {
    const { site, plan } = siteWithClock(context);
    const release = await heldLock(site);
    plan.shiftClock(0, { step: days * DAY_S });
    const waiter = site.run('ralph-lock', ['run', '--wait=3600', '--', 'true'], { more: plan.env });
    expect(await comesTrue(() => site.members().some(({ words }) => words.includes('ralph-lock-waiter')), 60_000)).toBe(
      true,
    );
    release();
    expect(await waiter).toMatchObject({ status: 0 });
    expect(plan.clockHits()).toBeGreaterThan(0);
  });

  it('a wait with a limit ends although the clock goes back', async (context) => {
    const { site, plan } = siteWithClock(context);
    await heldLock(site);
    plan.shiftClock(0, { step: -DAY_S });
    expect(await site.run('ralph-lock', ['run', '--wait=1', '--', 'true'], { more: plan.env })).toMatchObject({
      status: 75,
    });
  });

  it.for([
    ['forward', 60],
    ['back', -60],
  ])('a whole run lands its work, and tells it (%s)', async ([, step], context) => {
    const { site, plan } = siteWithClock(context, { tasks: ['RQ-1', 'RQ-2'], agent: TWO_FILES });
    plan.shiftClock(0, { step });
    const args = ['run', '--ci', 'true', '--timeout', '600', '--idle-timeout', '600', '--', site.agent];
    const end = await site.run('ralph-orchestrate', args, { more: plan.env });
    expect(end).toMatchObject({ status: 0 });
    expect(site.landed()).toBe(2);
    const finished = end.stdout.split('\n').find((line) => line.includes('"run.finished"'));
    expect(JSON.parse(finished ?? '{}').duration_ms).toBeGreaterThanOrEqual(0);
    for (const words of [['history'], ['report'], ['status']]) {
      expect(await site.run('ralph-orchestrate', words, { more: plan.env })).toMatchObject({ status: 0 });
    }
    expect(site.living()).toEqual([]);
  });
});

const TWO_FILES = 'cat >/dev/null; echo work > "$RALPH_TASK_ID.txt"; git add .; git commit -q -m work';
