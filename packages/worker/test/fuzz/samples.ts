import type { WorkspaceMarker } from '../../src/workspace/workspace-marker.ts';

const COMMIT = 'a'.repeat(40);

export const MARKER_FIELDS: WorkspaceMarker = {
  task_id: 'A',
  attempt: 1,
  base_commit: COMMIT,
  target_branch: 'main',
  repo_root: '/r',
  phase: 'finished',
  finished: { at: 'x', head_commit: COMMIT, commits: 1, changed_files: 1, log_path: '/l', duration_ms: 5 },
};

export const AGENT_RECORD = {
  task_id: 'A',
  workspace_path: '/w/A',
  token: 'abcd',
  owner: { pid: 17, start_time: '5', boot_id: 'b' },
  pid: 18,
  start_time: '6',
  boot_id: 'b',
  attempt: 1,
  mark: 'RALPH_MARK=x',
};

export const LIMITED_OUTPUT = [
  "You've hit your usage limit. Try again in 2 hours 5 minutes.",
  'Claude AI usage limit reached|1790000000',
  'error 429: too many requests, retry after 30s',
  'rate_limit_error: available again in 1.5 minutes',
  '',
].join('\n');

/** What a person may give by mistake: some of them never come to an end. */
export const PATTERNS: readonly string[] = [
  '(a+)+$',
  '(a|a)*b',
  '(?<retry_after>\\d+)',
  '(.*)*x',
  '(?=(a+))a*b\\1',
  '[',
  '(?<retry_after>.*)',
  'a{1,1000}{1,1000}',
];
