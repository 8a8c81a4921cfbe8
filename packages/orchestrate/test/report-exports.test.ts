import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nextFilePath } from '@ralph/protocol/process/next-file';
import { leftHalf } from '@ralph/protocol/testing/left-half';
import { CleanupStack } from '@ralph/protocol/cli/cleanup-stack';
import type { Output } from '@ralph/protocol/cli/output';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { keepMetrics } from '../src/metrics/keep-metrics.ts';
import { prometheusText } from '../src/metrics/prometheus-text.ts';
import { RunCounters } from '../src/metrics/run-counters.ts';
import { RunFold } from '../src/record/run-fold.ts';
import { otlpLines } from '../src/report/otlp-traces.ts';
import { EventLog } from '../src/run/event-log.ts';
import { parseMetrics } from './support/parse-metrics.ts';
import { toldRun, type RunShape } from './support/told-run.ts';

const now = Date.UTC(2026, 0, 2);

function countersOf(shape: RunShape): RunCounters {
  const counters = new RunCounters();
  for (const event of toldRun(shape)) counters.take(event);
  return counters;
}

function storyOf(shape: RunShape) {
  const fold = new RunFold();
  for (const event of toldRun(shape)) fold.take(event);
  return fold.story();
}

describe('prometheusText', () => {
  it('is what Prometheus takes: every family told of once, every sample in its own, values that are numbers', () => {
    const { families, problems } = parseMetrics(prometheusText(countersOf({ tasks: 40, usage: true }), false, now));
    expect(problems).toEqual([]);
    expect([...families.keys()]).toContain('ralph_task_seconds');
    for (const [name, { type }] of families) expect(name.endsWith('_total')).toBe(type === 'counter');
  });

  it('tells of a run that has ended', () => {
    const counters = countersOf({ tasks: 40, usage: true });
    const { samples } = parseMetrics(prometheusText(counters, false, now));
    const totals = counters.finished?.totals;
    expect(samples.get('ralph_tasks{state="landed"}')).toBe(counters.finished?.counts.landed);
    expect(samples.get('ralph_tasks{state="failed"}')).toBe(6);
    expect(samples.get('ralph_agents_started_total')).toBe(totals?.attempts);
    expect(samples.get('ralph_tokens_total{kind="output"}')).toBe(totals?.usage?.output_tokens);
    expect(samples.get('ralph_cost_usd_total')).toBe(totals?.usage?.cost_usd);
    expect(samples.get('ralph_task_seconds_count')).toBe(40);
    expect(samples.get('ralph_task_seconds_sum')).toBeCloseTo((totals?.total_ms ?? 0) / 1000, 2);
    const buckets = [...samples].flatMap(([name, value]) => (name.includes('_bucket') ? [value] : []));
    expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
    expect(buckets.at(-1)).toBe(40);
    expect(samples.get('ralph_run_outcome{outcome="partial"}')).toBe(1);
    expect(samples.get('ralph_run_running')).toBe(0);
    expect(samples.get('ralph_agents_running')).toBe(0);
  });

  it('tells of one that goes on, and leaves out what no agent told', () => {
    const counters = countersOf({ tasks: 12, isKilled: true, usage: false });
    const begin = Date.parse(counters.started?.at ?? '');
    const { samples, problems } = parseMetrics(prometheusText(counters, true, begin + 5000));
    expect(problems).toEqual([]);
    expect(samples.get('ralph_run_running')).toBe(1);
    expect(samples.get('ralph_run_duration_seconds')).toBe(5);
    expect(samples.get('ralph_agents_running')).toBeGreaterThan(0);
    expect([...samples.keys()].filter((name) => /tokens|cost|end_timestamp|outcome.* 1/.test(name))).toEqual([]);
    const outcomes = [...samples].filter(([name]) => name.startsWith('ralph_run_outcome'));
    expect(outcomes.map(([, value]) => value)).toEqual(Array.from({ length: outcomes.length }, () => 0));
  });

  it('has as many samples for a thousand tasks as for ten', () => {
    const count = (tasks: number) => parseMetrics(prometheusText(countersOf({ tasks }), false, now)).samples.size;
    expect(count(1000)).toBe(count(10));
  });

  it('escapes what a branch may be called', () => {
    const counters = new RunCounters();
    for (const event of toldRun({ tasks: 1 }))
      counters.take(event.type === 'run.started' ? { ...event, target_branch: 'a"b\\c\nd' } : event);
    const { problems, samples } = parseMetrics(prometheusText(counters, false, now));
    expect(problems).toEqual([]);
    expect([...samples.keys()][0]).toContain('target_branch="a\\"b\\\\c\\nd"');
  });
});

describe('the file of --metrics-file', () => {
  const callOf = (file: string) => {
    const notes: string[] = [];
    const cleanup = new CleanupStack();
    const output = { note: (line: string) => notes.push(line) } as unknown as Output;
    return { call: { args: { 'metrics-file': file }, output, cleanup }, notes };
  };
  const logIn = (folder: string) => new EventLog(join(folder, 'events.ndjson'), { bytes: 1e9, older: 1 }, () => {});

  it('is kept as a run goes on, replaced as a whole, and written a last time at its end', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'made/ralph.prom');
    const { call, notes } = callOf(file);
    const log = logIn(folder);
    keepMetrics(call, log);
    const events = toldRun({ tasks: 6 });
    for (const event of events.slice(0, 1)) log.append(event);
    await waitUntil('the first figures', () => existsSync(file));
    expect(parseMetrics(readFileSync(file, 'utf8')).samples.get('ralph_run_running')).toBe(1);
    for (const event of events.slice(1)) log.append(event);
    expect(await call.cleanup.unwind()).toEqual([]);
    const { samples, problems } = parseMetrics(readFileSync(file, 'utf8'));
    expect(problems).toEqual([]);
    expect([samples.get('ralph_run_running'), samples.get('ralph_task_seconds_count')]).toEqual([0, 6]);
    expect(notes).toEqual([]);
  });

  it('takes along the halves that killed runs have left beside it, and no living one', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'ralph.prom');
    const ofOurs = nextFilePath(file);
    for (const path of [leftHalf(file), ofOurs]) writeFileSync(path, '');
    const { call } = callOf(file);
    keepMetrics(call, logIn(folder));
    expect(await call.cleanup.unwind()).toEqual([]);
    expect(readdirSync(folder).toSorted()).toEqual([basename(ofOurs), 'events.ndjson', 'ralph.prom']);
  });

  it('that cannot be written is told of once and ends nothing', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'in the way'), '');
    const { call, notes } = callOf(join(folder, 'in the way/ralph.prom'));
    const log = logIn(folder);
    keepMetrics(call, log);
    for (const event of toldRun({ tasks: 2 })) log.append(event);
    await waitUntil('a note', () => notes.length > 0);
    expect(await call.cleanup.unwind()).toEqual([]);
    expect(notes).toEqual([expect.stringMatching(/the metrics are not kept: .*(?:ENOTDIR|EEXIST)/)]);
  });
});

interface Traces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly object[] };
    readonly scopeSpans: readonly { readonly scope: object; readonly spans: readonly Span[] }[];
  }[];
}

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly status: { readonly code?: number; readonly message?: string };
}

function spansOf(text: string): Span[] {
  const lines = text.trimEnd().split('\n');
  return lines.flatMap((line) => {
    const { resourceSpans } = JSON.parse(line) as Traces;
    return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  });
}

const valueOf = ({ attributes }: Span, key: string) =>
  Object.values(attributes.find((one) => one.key === key)?.value ?? {})[0];

describe('otlpLines', () => {
  const text = otlpLines(storyOf({ tasks: 60, usage: true }), false);
  const spans = spansOf(text);

  it('are traces as the JSON form of OTLP wants them', () => {
    for (const span of spans) {
      expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
      expect(span.parentSpanId).toMatch(/^(?:[0-9a-f]{16})?$/);
      expect(span.kind).toBe(1);
      expect(span.startTimeUnixNano).toMatch(/^\d{19}$/);
      expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano));
      for (const { value } of span.attributes) {
        expect(Object.keys(value)).toHaveLength(1);
        expect(JSON.stringify(value)).toMatch(
          /^\{"(?:stringValue":".*"|intValue":"-?\d+"|doubleValue":[\d.e-]+|boolValue":(?:true|false))\}$/,
        );
      }
    }
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  });

  it('are one tree: the run, its tasks, and what was done for each, in its bounds', () => {
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const [run] = spans.filter(({ parentSpanId }) => parentSpanId === '');
    expect(run?.name).toBe('run');
    const wrong = spans.filter((span) => {
      const parent = byId.get(span.parentSpanId);
      if (parent === undefined) return span !== run;
      const isInside =
        span.startTimeUnixNano >= parent.startTimeUnixNano && span.endTimeUnixNano <= parent.endTimeUnixNano;
      return !isInside || (span.name === 'task') !== (parent === run);
    });
    expect(wrong).toEqual([]);
    expect(spans.filter(({ name }) => name === 'task')).toHaveLength(60);
    expect(new Set(spans.map(({ name }) => name))).toEqual(
      new Set(['run', 'task', 'workspace set-up', 'agent', 'rebase', 'gate', 'resolver', 'push']),
    );
  });

  it('tell what agents used once, input with the cache in it, and how things ended', () => {
    const agents = spans.filter(({ name }) => name === 'agent');
    expect(valueOf(agents[0] as Span, 'gen_ai.usage.input_tokens')).toBe('15900');
    expect(valueOf(agents[0] as Span, 'gen_ai.usage.cache_read.input_tokens')).toBe('15000');
    expect(valueOf(agents[4] as Span, 'gen_ai.usage.input_tokens')).toBeUndefined();
    const story = storyOf({ tasks: 60, usage: true });
    const told = spans.reduce((sum, span) => sum + Number(valueOf(span, 'gen_ai.usage.output_tokens') ?? 0), 0);
    expect(told).toBe(story.finished?.totals?.usage?.output_tokens);
    const failed = spans.filter(({ name, status }) => name === 'task' && status.code === 2);
    expect(failed.length).toBe((story.finished?.counts.failed ?? 0) + (story.finished?.counts.blocked ?? 0));
  });

  it('have the same ids each time, and others for another run', () => {
    expect(otlpLines(storyOf({ tasks: 60, usage: true }), false)).toBe(text);
    const other = spansOf(otlpLines(storyOf({ tasks: 60, begin: Date.UTC(2026, 5, 1) }), false));
    expect(other[0]?.traceId).not.toBe(spans[0]?.traceId);
  });

  it('keep each line below what a collector reads, however many tasks there are', () => {
    const titles = () => 'x'.repeat(2000);
    const lines = otlpLines(storyOf({ tasks: 1000, titles }), false)
      .trimEnd()
      .split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(2 ** 20);
    expect(lines.length).toBeGreaterThan(40);
  });

  it('say of a run that was killed what went on', () => {
    const open = spansOf(otlpLines(storyOf({ tasks: 12, isKilled: true }), false));
    expect(valueOf(open[0] as Span, 'ralph.run.outcome')).toBe('lost');
    expect(open.filter((span) => valueOf(span, 'ralph.unfinished') === true).length).toBeGreaterThan(2);
  });
});
