import { RUN_OUTCOMES } from '@ralph/protocol/contract/events';
import { TOKEN_FIELDS } from '@ralph/protocol/contract/usage';
import { TASK_SECONDS, type RunCounters } from './run-counters.ts';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [value: number, labels?: Labels, suffix?: string];

interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  readonly samples: readonly Sample[];
}

/**
 * Returns the figures of a run in the text form of Prometheus. No label has more values than there are names in this
 * program, but for the id and the branch of the run itself. What the agents did not tell is absent.
 *
 * @param isRunning whether the run goes on
 * @param now in ms since 1970
 */
export function prometheusText(counters: RunCounters, isRunning: boolean, now: number): string {
  return families(counters, isRunning, now)
    .filter(({ samples }) => samples.length > 0)
    .map(familyText)
    .join('');
}

function families(counters: RunCounters, isRunning: boolean, now: number): Family[] {
  return [...runFamilies(counters, isRunning, now), ...workFamilies(counters), ...costFamilies(counters)];
}

function runFamilies({ started, finished, lastAt, pauses }: RunCounters, isRunning: boolean, now: number): Family[] {
  const begin = started === undefined ? undefined : Date.parse(started.at);
  const length =
    finished?.duration_ms ?? (begin === undefined ? undefined : (isRunning ? now : (lastAt ?? begin)) - begin);
  const { run_id = finished?.run_id ?? '', target_branch = '' } = started ?? {};
  return [
    gauge('ralph_run_info', 'The run that the other figures are about.', [[1, { run_id, target_branch }]]),
    gauge('ralph_run_running', 'Whether the run goes on.', [[isRunning ? 1 : 0]]),
    gauge(
      'ralph_run_outcome',
      'How the run has ended: 1 for that outcome, 0 for the others; all 0 while it goes on.',
      RUN_OUTCOMES.map((outcome) => [finished?.outcome === outcome ? 1 : 0, { outcome }]),
    ),
    gauge('ralph_run_start_timestamp_seconds', 'When the run began.', seconds(begin)),
    gauge(
      'ralph_run_end_timestamp_seconds',
      'When the run ended; absent while it goes on.',
      seconds(finished === undefined ? undefined : Date.parse(finished.at)),
    ),
    gauge('ralph_run_last_event_timestamp_seconds', 'When the run last told of anything.', seconds(lastAt)),
    gauge('ralph_run_duration_seconds', 'How long the run has taken so far.', seconds(length)),
    gauge('ralph_run_workers', 'Agents that may run side by side.', started === undefined ? [] : [[started.workers]]),
    counter('ralph_run_pauses_total', 'Times in which no agent was started, since one was turned away.', [[pauses]]),
  ];
}

function workFamilies(counters: RunCounters): Family[] {
  const { gates, resolvers, rejected, totals } = counters;
  return [
    gauge('ralph_tasks', 'Tasks of the run by how they stand.', byName('state', counters.tasks)),
    gauge('ralph_agents_running', 'Agents and resolvers that are at work now.', [[counters.agentsRunning]]),
    counter('ralph_agents_started_total', 'Agents that were started.', [[totals.attempts]]),
    counter(
      'ralph_gate_runs_total',
      'Gates that were run, and those known to pass that were not.',
      byName('result', gates),
    ),
    counter('ralph_resolver_runs_total', 'Resolvers that have ended.', byName('result', resolvers)),
    counter('ralph_push_rejections_total', 'Pushes that origin has not taken.', byName('verdict', rejected)),
    counter('ralph_agent_seconds_total', 'Time that agents have taken.', [[totals.agent_ms / 1000]]),
    counter('ralph_gate_seconds_total', 'Time that gates have taken.', [[totals.gate_ms / 1000]]),
    counter('ralph_resolver_seconds_total', 'Time that resolvers have taken.', [[totals.remedy_ms / 1000]]),
    {
      name: 'ralph_task_seconds',
      type: 'histogram',
      help: 'Time from the selection of a task to its end.',
      samples: histogram(counters),
    },
  ];
}

function costFamilies({ totals: { usage, unreported } }: RunCounters): Family[] {
  const tokens = TOKEN_FIELDS.flatMap((field): Sample[] => {
    const number = usage?.[field];
    return number === undefined ? [] : [[number, { kind: field.replace('_tokens', '') }]];
  });
  const cost = usage?.cost_usd;
  return [
    counter('ralph_tokens_total', 'Tokens that the agents told of; absent where none told of any.', tokens),
    counter(
      'ralph_cost_usd_total',
      'US dollars that the agents told of; absent where none told of any.',
      cost === undefined ? [] : [[cost]],
    ),
    counter('ralph_usage_unreported_total', 'Agents and resolvers that told nothing of what they used.', [
      [unreported],
    ]),
  ];
}

function histogram({ taskTimes, tasksEnded, taskSeconds }: RunCounters): Sample[] {
  let below = 0;
  const buckets = TASK_SECONDS.map((bound, n): Sample => {
    below += taskTimes[n] ?? 0;
    return [below, { le: String(bound) }, '_bucket'];
  });
  return [
    ...buckets,
    [tasksEnded, { le: '+Inf' }, '_bucket'],
    [Math.round(taskSeconds * 1000) / 1000, {}, '_sum'],
    [tasksEnded, {}, '_count'],
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'gauge', help, samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'counter', help, samples };
}

function byName(label: string, numbers: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(numbers).map(([name, number]) => [number, { [label]: name }]);
}

function seconds(ms: number | undefined): Sample[] {
  return ms === undefined ? [] : [[ms / 1000]];
}

function familyText({ name, type, help, samples }: Family): string {
  const lines = samples.map(([value, labels = {}, suffix = '']) => {
    const told = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    return `${name}${suffix}${told.length === 0 ? '' : `{${told.join(',')}}`} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
