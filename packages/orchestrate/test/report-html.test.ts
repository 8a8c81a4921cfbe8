import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyEvent } from '@ralph/protocol/contract/events';
import { Redaction } from '@ralph/protocol/cli/redact';
import { cleanStory } from '../src/record/clean-story.ts';
import { clockText, costText, shortNumber, timeText, wholeNumber, zoneText } from '../src/record/figures.ts';
import { RunFold } from '../src/record/run-fold.ts';
import { atWork } from '../src/report/agents-curve.ts';
import { lanesOf } from '../src/report/lanes.ts';
import { escapeHtml, markup } from '../src/report/markup.ts';
import { reportPage } from '../src/report/page.ts';
import { ticksOf } from '../src/report/time-axis.ts';
import { toldRun, type RunShape } from './support/told-run.ts';

const [SECOND, HOUR, DAY] = [1000, 3_600_000, 86_400_000];
const now = Date.UTC(2026, 0, 2);

function storyOf(events: readonly AnyEvent[]) {
  const fold = new RunFold();
  for (const event of events) fold.take(event);
  return fold.story();
}

function pageOf(shape: RunShape, facts: { isRunning?: boolean; broken?: number } = {}): string {
  return reportPage(storyOf(toldRun(shape)), { repository: 'cookbook', isRunning: false, broken: 0, now, ...facts });
}

/** What of a page is not markup. */
const wordsOf = (page: string) => page.replace(/<style>[^]*?<\/style>|<[^>]*>/g, ' ').replace(/\s+/g, ' ');

/** Returns the first tag that is not closed in its place; nothing where all are. */
function unbalanced(page: string): string | undefined {
  const open: string[] = [];
  for (const [, close = '', name = '', rest = ''] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>/g)) {
    if (name === 'meta' || rest.endsWith('/')) continue;
    if (close === '') open.push(name);
    else if (open.pop() !== name) return name;
  }
  return open.pop();
}

describe('escapeHtml', () => {
  it('lets no words of others become markup, leave an attribute, turn the text around or move a cursor', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
        expect(escaped).not.toMatch(/[\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
        expect(escaped).not.toMatch(/[^\P{Cc}\n]/u);
      }),
    );
    expect(escapeHtml('a\u202Eb\u001b[31m\u2028é 👩‍🍳')).toBe('a\ufffdb [31m é 👩‍🍳');
  });

  it('is passed by everything that is put into a template, but for parts that a template has made', () => {
    const inner = markup`<b>${'<i>'}</b>`;
    expect(markup`<p>${['&', inner, 7, undefined, false]}</p>`.text).toBe('<p>&amp;<b>&lt;i&gt;</b>7</p>');
  });
});

describe('the page of a run', () => {
  it.each([
    [1, 2 * SECOND],
    [40, 60 * SECOND],
    [150, HOUR],
    [1000, 3 * HOUR],
  ])('shows each of %i tasks with a bar, a row and its sums', (tasks, agentMs) => {
    const page = pageOf({ tasks, agentMs, workers: Math.ceil(tasks / 50) });
    expect(unbalanced(page)).toBeUndefined();
    expect(page.split('<tr id="t')).toHaveLength(tasks + 1);
    const drawn = [...page.matchAll(/<a href="#t(\d+)"><rect class="[^"]*"/g)].map(([, number]) => Number(number));
    expect(drawn.toSorted((a, b) => a - b)).toEqual(Array.from({ length: tasks }, (_, n) => n + 1));
    for (const [, x, width] of page.matchAll(/<rect class="[^"]*" x="([\d.]+)%" y="[\d.]+" width="([\d.]+)%"/g))
      expect(Number(x) + Number(width)).toBeLessThanOrEqual(100.01);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(page).toContain('The receipts add up to the totals that the run has told at its end.');
    expect(page.length).toBeLessThan(30_000 + 2500 * tasks);
  });

  it('needs nothing from anywhere: no script, no address, and a policy that forbids what is not in it', () => {
    const page = pageOf({ tasks: 30 });
    expect(page).toContain(
      `http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;;`,
    );
    expect(page).not.toMatch(/<script|<link|<img|<iframe|<object|@import|url\(|\bon\w+=|\bsrc=|\bstyle=/i);
    expect(
      [...page.matchAll(/href="([^"]*)"/g)].map(([, to]) => to).filter((to) => !/^#[tf]\d+$/.test(to ?? '')),
    ).toEqual([]);
    expect(page).not.toMatch(/\b(?:https?:)?\/\/[a-z]/i);
  });

  it('shows words of others as they are, secrets taken out', () => {
    const evil = `<script>alert(1)</script>" onload='x' \u202Etxt.exe ghp_${'a1B2'.repeat(9)}`;
    const redaction = new Redaction();
    const story = cleanStory(storyOf(toldRun({ tasks: 4, titles: () => evil })), (text) => redaction.text(text));
    const page = reportPage(story, { repository: '<b>&', isRunning: false, broken: 0, now });
    expect(unbalanced(page)).toBeUndefined();
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39; \ufffdtxt.exe [redacted]');
    expect(page).not.toContain('ghp_');
    expect(page).toContain('<title>run-20260101T090000-abc123 – &lt;b&gt;&amp;</title>');
  });

  it('says of each task that did not land why, what was printed last, and what to do next', () => {
    const page = pageOf({ tasks: 9 });
    const words = wordsOf(page);
    expect(words).toContain('What did not land');
    expect(words).toMatch(
      /RQ-0004 Do the thing number 3 failed \( agent_failed \): agent ended with status 3: it does not know how/,
    );
    expect(words).toMatch(
      /The gate has printed last test 17 failed expected 1, got 2 .* next cd \/w\/RQ-0009 &amp;&amp; make ci/,
    );
    expect(page).toContain('<a href="#f4">failed</a>');
  });

  it('says that a run was killed, goes on, has lost its beginning, or does not add up', () => {
    const shape = { tasks: 12, isKilled: true };
    expect(wordsOf(pageOf(shape))).toContain('This run was killed before it could tell how it ended');
    const running = wordsOf(pageOf(shape, { isRunning: true, broken: 2 }));
    expect(running).toContain('This run was still going on when this page was made');
    expect(running).toMatch(/\d+ …at work|… ?at work/);
    expect(running).toContain('2 lines of the log could not be read');
    const events = toldRun({ tasks: 5 });
    const page = (left: readonly AnyEvent[]) =>
      wordsOf(reportPage(storyOf(left), { repository: 'c', isRunning: false, broken: 0, now }));
    expect(page(events.slice(1))).toContain('The beginning of this run is no longer in the log');
    expect(page(events.filter(({ task_id: id }) => id !== 'RQ-0002'))).toContain('do not add up');
    expect(page(toldRun({ tasks: 0 }))).toContain('The run has taken up no task.');
  });

  it('shows a pause, and a task that is taken up again', () => {
    const at = (seconds: number) => new Date(now + seconds * SECOND).toISOString();
    const of = { task_id: 'A', attempt: 1 };
    const events = [
      { type: 'run.started', at: at(0), run_id: 'r', target_branch: 'main', workers: 1 },
      { type: 'task.selected', at: at(1), ...of, title: 'a', how: 'start' },
      { type: 'task.failed', at: at(5), ...of, reason: 'turned away', code: 'rate_limited' },
      { type: 'run.paused', at: at(5), run_id: 'r', code: 'rate_limited', reason: '429 <slow>', retry_after: 20 },
      { type: 'task.selected', at: at(25), ...of, attempt: 2, title: 'a', how: 'start' },
      { type: 'work.salvaged', at: at(29), task_id: 'A', attempt: 2, ref: 'refs/ralph/salvage/A/2', reason: 'no' },
      { type: 'task.failed', at: at(30), task_id: 'A', attempt: 2, reason: 'no', code: 'agent_failed' },
    ];
    const page = reportPage(storyOf(events as unknown as AnyEvent[]), {
      repository: 'c',
      isRunning: false,
      broken: 0,
      now,
    });
    expect(page).toContain('<title>no agent is started for 20.0 s: 429 &lt;slow&gt;</title>');
    expect(page).toMatch(/class="pause" x="16.667%" y="0" width="66.667%"/);
    expect(wordsOf(page)).toContain('failed in attempt 2');
    expect(wordsOf(page)).toContain('kept as refs/ralph/salvage/A/2');
  });
});

describe('figures', () => {
  it.each([
    [0, '0.0 s'],
    [59_949, '59.9 s'],
    [59_960, '1 m 00 s'],
    [3_599_600, '1 h 00 m'],
    [HOUR * 23 + 1000, '23 h 00 m'],
    [DAY - 1, '1 d 00 h'],
    [DAY * 2 + HOUR * 5, '2 d 05 h'],
  ])('%i ms are %s', (ms, text) => {
    expect(timeText(ms)).toBe(text);
  });

  it('are short, and the same in every language and zone', () => {
    expect([999, 1000, 999_949, 999_950, 1e9].map(shortNumber)).toEqual(['999', '1.0k', '999.9k', '1.0M', '1.0G']);
    expect([7, 1234, 1_234_567].map(wholeNumber)).toEqual(['7', '1,234', '1,234,567']);
    expect([0, 0.0123, 0.5, 12.345].map(costText)).toEqual(['$0.00', '$0.0123', '$0.50', '$12.35']);
    const told = `${clockText(now).replace(' ', 'T')}${zoneText(now)}`;
    expect(Date.parse(told)).toBe(now);
  });
});

describe('the picture', () => {
  it('marks its axis in round times, at most nine times, for a second and for a year', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 * DAY }), (length) => {
        const ticks = ticksOf(length);
        expect(ticks.length).toBeLessThanOrEqual(9);
        expect(new Set(ticks.map(({ text }) => text)).size).toBe(ticks.length);
        for (const { at } of ticks) expect(at).toBeLessThanOrEqual(length);
      }),
    );
    expect(ticksOf(95 * SECOND).map(({ text }) => text)).toEqual([
      '0',
      '15 s',
      '30 s',
      '45 s',
      '1 m',
      '1 m 15 s',
      '1 m 30 s',
    ]);
  });

  it('puts no two tasks over each other where they share lanes', () => {
    const { tasks, begin, end } = storyOf(toldRun({ tasks: 400, workers: 6 }));
    const { of, count, isPacked } = lanesOf(tasks, end - begin);
    expect([isPacked, count < 60]).toEqual([true, true]);
    for (let lane = 0; lane < count; lane += 1) {
      const spans = tasks.flatMap((task, n) =>
        of[n] === lane ? [[task.begin, task.stretches.at(-1)?.to ?? 0] as const] : [],
      );
      const inOrder = spans.toSorted(([a], [b]) => a - b);
      expect(inOrder.filter(([from], n) => n > 0 && from < (inOrder[n - 1]?.[1] ?? 0))).toEqual([]);
    }
  });

  it('counts agents at work by the time that they were', () => {
    const stretch = (part: 'agent' | 'gate', from: number, to: number) => ({ part, from, to, attempt: 1 });
    const tasks = [
      { stretches: [stretch('agent', 0, 50), stretch('gate', 50, 100)] },
      { stretches: [stretch('agent', 25, 75)] },
    ];
    expect(atWork(tasks, { begin: 0, length: 100 }, 4)).toEqual([1, 2, 1, 0]);
  });
});
