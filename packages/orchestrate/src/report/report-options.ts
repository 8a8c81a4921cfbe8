import type { OptionSpecs } from '@ralph/protocol/cli/options';

export const REPORT_RUN_OPTIONS = {
  output: {
    kind: 'text',
    value: 'FILE|-',
    describe: 'where it is written, - for stdout (default: report-RUN.html, .jsonl or .prom in .ralph/logs/parallel)',
  },
  as: {
    kind: 'choice',
    choices: ['html', 'otlp', 'prometheus'],
    fallback: 'html',
    describe: 'a page for people, traces for an OpenTelemetry collector, or metrics for Prometheus',
  },
} as const satisfies OptionSpecs;
