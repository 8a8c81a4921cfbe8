/**
 * A value for each key of the configuration that has a better one to be shown with than `null`: its default, or an
 * example where the default is nothing.
 */
export const CONFIG_SAMPLES: Readonly<Record<string, unknown>> = {
  'parallel.workers': 2,
  'parallel.workspace_root': '~/ralph-workspaces',
  'parallel.max_push_attempts': 50,
  'parallel.push_backoff_ms': [500, 2000, 5000, 10_000],
  'parallel.workspace_retention_hours': 24,
  'parallel.ignored_file_allowlist': ['config/local.json'],
  'parallel.landing_scopes': { docs: ['docs/**'] },
  'parallel.landing': 'auto',
  'agent.command': ['claude', '-p'],
  'agent.resolver': ['claude', '-p'],
  'agent.resolver_attempts': 3,
  'agent.resolver_timeout': '30m',
  'agent.ci_gate': { enabled: true, argv: ['make', 'ci'] },
  'agent.ci_timeout': '30m',
  'agent.timeout': '2h',
  'agent.idle_timeout': '30m',
  'agent.setup': ['npm', 'ci'],
  'agent.setup_timeout': '10m',
  'agent.setup_keys': ['package-lock.json'],
  'queue.file': '.ralph/queue.jsonc',
  'queue.done_file': '.ralph/done.jsonc',
};
