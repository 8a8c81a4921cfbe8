import { createHash } from 'node:crypto';
import { VERSION } from '@ralph/protocol/cli/version';
import type { RunStory, TaskStory } from '../record/run-story.ts';
import { stateOf } from '../record/run-state.ts';
import { isWait } from '../record/spent-time.ts';
import type { Part, Stretch } from '../record/task-phases.ts';
import { attributes, usageAttributes, type Attribute } from './otlp-attributes.ts';

/** A collector reads a line of at most 1 MiB; a span takes some 1 to 5 KiB. */
const SPANS_PER_LINE = 100;

const INTERNAL = 1;
const ERROR = 2;

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly status: { readonly code?: number; readonly message?: string };
}

const SPAN_NAMES: Partial<Record<Part, string>> = {
  setup: 'workspace set-up',
  agent: 'agent',
  rebase: 'rebase',
  gate: 'gate',
  resolver: 'resolver',
  push: 'push',
};

/**
 * Returns a run as traces in the JSON form of OTLP, a line for each hundred spans: one span for the run, one for each of
 * its tasks, and below it one for each thing that was done. The ids follow from that of the run, so that a run that is
 * sent twice is one run. What goes on ends where it was looked at, and says so.
 */
export function otlpLines(run: RunStory, isRunning: boolean): string {
  const ids = new SpanIds(run.id ?? `run at ${run.begin}`);
  const spans = [runSpan(run, isRunning, ids), ...run.tasks.flatMap((task) => taskSpans(task, run, ids))];
  const lines: string[] = [];
  for (let n = 0; n < spans.length; n += SPANS_PER_LINE) {
    lines.push(`${JSON.stringify(tracesOf(spans.slice(n, n + SPANS_PER_LINE)))}\n`);
  }
  return lines.join('');
}

function tracesOf(spans: readonly Span[]) {
  const scope = { name: 'ralph-orchestrate', version: VERSION };
  const resource = { attributes: attributes({ 'service.name': 'ralph-orchestrate', 'service.version': VERSION }) };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] };
}

class SpanIds {
  readonly #run: string;
  readonly traceId: string;
  readonly root: string;

  constructor(run: string) {
    this.#run = run;
    this.traceId = this.#hash('trace').slice(0, 32);
    this.root = this.of('run');
  }

  /** Returns the id of a span by the names on the way to it. */
  of(...names: readonly (string | number)[]): string {
    return this.#hash(JSON.stringify(names)).slice(0, 16);
  }

  #hash(text: string): string {
    return createHash('sha256').update(`${this.#run}\n${text}`).digest('hex');
  }
}

function runSpan(run: RunStory, isRunning: boolean, ids: SpanIds): Span {
  const { id, begin, end, finished, targetBranch, workers, loop, stopReason } = run;
  const outcome = stateOf(run, isRunning);
  const isBad = outcome === 'lost' || outcome === 'interrupted' || outcome === 'partial';
  return {
    ...spanOf(ids, { spanId: ids.root, parentSpanId: '', name: 'run', from: begin, to: end }),
    attributes: attributes({
      'ralph.run.id': id,
      'ralph.run.outcome': outcome,
      'ralph.run.stop_reason': stopReason,
      'ralph.run.workers': workers,
      'ralph.run.loop': loop,
      'ralph.target_branch': targetBranch,
      'ralph.tasks.landed': finished?.counts.landed,
      'ralph.tasks.failed': finished?.counts.failed,
      'ralph.tasks.blocked': finished?.counts.blocked,
      'ralph.unfinished': finished === undefined ? true : undefined,
    }),
    status: isBad ? { code: ERROR, message: outcome } : {},
  };
}

function taskSpans(task: TaskStory, { end }: RunStory, ids: SpanIds): Span[] {
  const { id, title, result, attempt, code, reason, commit, isOpen, begin, stretches, receipt } = task;
  const spanId = ids.of('task', id);
  const isBad = result === 'failed' || result === 'blocked';
  const own: Span = {
    ...spanOf(ids, { spanId, parentSpanId: ids.root, name: 'task', from: begin, to: stretches.at(-1)?.to ?? end }),
    attributes: attributes({
      'ralph.task.id': id,
      'ralph.task.title': title,
      'ralph.task.result': result,
      'ralph.task.attempt': attempt,
      'ralph.task.attempts': receipt.attempts,
      'ralph.task.gates': receipt.gates,
      'ralph.task.error_code': code,
      'ralph.task.commit': commit,
      'ralph.unfinished': isOpen ? true : undefined,
    }),
    status: isBad ? { code: ERROR, ...(reason === undefined ? {} : { message: reason }) } : {},
  };
  const works = stretches.filter(({ part }) => !isWait(part));
  return [own, ...works.map((stretch, n) => workSpan(stretch, [id, n, spanId], ids))];
}

function workSpan(stretch: Stretch, [id, n, parentSpanId]: readonly [string, number, string], ids: SpanIds): Span {
  const { part, from, to, attempt, end, bad, open, usage } = stretch;
  const isAgent = part === 'agent' || part === 'resolver';
  return {
    ...spanOf(ids, { spanId: ids.of('task', id, n), parentSpanId, name: SPAN_NAMES[part] ?? part, from, to }),
    attributes: attributes({
      'ralph.task.id': id,
      'ralph.task.attempt': attempt,
      'ralph.end': end,
      'ralph.unfinished': open,
      'gen_ai.operation.name': isAgent ? 'invoke_agent' : undefined,
      ...usageAttributes(usage),
    }),
    status: bad === true ? { code: ERROR, message: end ?? '' } : {},
  };
}

interface Place {
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

function spanOf({ traceId }: SpanIds, { spanId, parentSpanId, name, from, to }: Place) {
  const nanos = (ms: number) => `${ms}000000`;
  const times = { startTimeUnixNano: nanos(from), endTimeUnixNano: nanos(to) };
  return { traceId, spanId, parentSpanId, name, kind: INTERNAL, ...times };
}
