import { describe, expect, it } from 'vitest';
import type { StatusFacts } from '../src/status/facts.ts';
import { statusOf } from '../src/status/status-document.ts';
import { statusText } from '../src/status/status-text.ts';
import { recordFacts, statusFacts } from './support/status-facts.ts';

function text(facts: StatusFacts): string {
  const { document, groups } = statusOf(facts);
  return statusText(document, groups, facts);
}

describe('statusText', () => {
  it('M59: shows the title, the total, each group, and what to type next at the end', () => {
    const started_at = '2026-06-01T23:56:00.000Z';
    const shown = text(
      statusFacts([
        recordFacts('A', 'running', { record: { attempt: 2, started_at, title: 'Mend it' } }),
        recordFacts('B', 'integrating', { record: { attempt: 1, started_at } }),
        recordFacts('C', 'running', { activity: 'lost', record: { started_at } }),
        recordFacts('D', 'completed', { workspaceIsThere: true, record: { workspace_path: '/w/D' } }),
        recordFacts('E', 'failed', { record: { last_error: 'status 3' } }),
        recordFacts('F', 'blocked_push', {
          workspaceIsThere: true,
          record: { workspace_path: '/w/F', last_error: 'conflict' },
        }),
        recordFacts('G', 'failed', { record: { retry_requested_at: started_at } }),
      ]),
    );
    expect(shown).toMatch(/^Parallel execution is in progress\.\n/);
    for (const part of [
      'Parallel Run Status\n===================\nSchema Version: 3\nStarted: 2026-06-01T00:00:00Z\nTarget Branch: main\n',
      'Total: 7 | Running: 1 | Integrating: 1 | Completed: 1 | Failed: 2 | Blocked: 1 | Lost: 1\n',
      '\nRunning Workers:\n  A  attempt 2, for 4m  Mend it\n',
      '\nIntegrating Workers:\n  B  attempt 1, for 4m\n',
      '\nLost Workers:\n  C  for 4m\n',
      '\nIntegrated Successfully:\n  D\n',
      '\nRetryable Failures:\n  E  status 3\n',
      '\nOperator Action Required:\n  F  conflict\n',
      '\nRetry Requested:\n  G\n',
      '\nRetained for Recovery:\n  F  /w/F\n',
      '\nCleanup Drift:\n  D  its workspace is still there: /w/D\n',
    ])
      expect(shown).toContain(part);
    expect(shown).toMatch(/\nNext:\n( {2}\d\. .+ — .+\n)+$/);
  });

  it('M59: names what keeps the work from going on', () => {
    expect(text(statusFacts([recordFacts('A', 'failed')]))).toMatch(
      /^Parallel execution needs operator attention\.\n.*\nOperator state: stalled\nParallel execution is stalled on worker failure\.\n\n/,
    );
  });

  it('M59: says that there is no state, and no group that is empty', () => {
    const shown = text(statusFacts([], { state: undefined }));
    expect(shown).toContain('No parallel state found\n');
    expect(shown).not.toContain('Workers:');
  });

  it('lets nothing of others move the terminal or forge a line', () => {
    const bad = 'x\u001b[2J\u009b\ny';
    const shown = text(
      statusFacts([
        recordFacts(bad, 'failed', { record: { last_error: bad, next_command: bad } }),
        recordFacts('B', 'running', { activity: 'lost', record: { title: bad } }),
        recordFacts(bad, 'completed', { workspaceIsThere: true, record: { workspace_path: bad } }),
      ]),
    );
    expect(shown).not.toMatch(/[^\P{Cc}\n]/u);
    expect(shown).not.toMatch(/^\s*y/m);
  });
});
