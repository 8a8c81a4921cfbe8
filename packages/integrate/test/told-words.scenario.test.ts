import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { eventOf, types } from './finished-attempt.ts';
import { judged, workOf } from './gate-run.ts';
import { eventsOf, landWith, rivals } from './remedy-run.ts';

const LINES = 'for i in 1 2 3 4 5 6; do echo "line $i"; done';
const LAST = ['line 2', 'line 3', 'line 4', 'line 5', 'line 6'];

describe('what a gate or a resolver printed last', () => {
  it('stands beside the reason where the gate is that, without secrets', async () => {
    const repo = temporaryRepository();
    repo.write('.env', 'SERVICE_TOKEN=quite-a-secret-1\n');
    const end = await judged(repo, workOf(repo), ['--ci', `${LINES}; echo "with $(printf quite-a-)secret-1"; exit 1`]);
    expect(eventOf(end, 'task.blocked')).toMatchObject({
      code: 'ci_failed',
      log_path: join(repo.root, '.ralph/logs/parallel/T-1.1.ci.log'),
      last_lines: [...LAST.slice(1), 'with [redacted]'],
    });
    expect(end.stdout).not.toContain('quite-a-secret-1');
  });

  it('is told with what the resolver said that it used, in all of its turns', async () => {
    const { repo, attempt } = rivals();
    const used = `echo '{"type":"ralph.usage","input_tokens":10,"cost_usd":0.1}'`;
    const end = await landWith(repo, [attempt], `${LINES}; ${used}; printf 'theirs\\nmine\\n' >a.txt`);
    expect(types(end).at(-1)).toBe('task.completed');
    expect(eventsOf(end, 'remediation.finished')).toMatchObject([
      { result: 'resolved', usage: { input_tokens: 10, cost_usd: 0.1 } },
    ]);
  });

  it('stands beside a conflict that it could not mend, each run with what it used', async () => {
    const { repo, attempt } = rivals();
    const end = await landWith(repo, [attempt], `echo '{"type":"ralph.usage","output_tokens":3}'; ${LINES}; exit 7`);
    const finished = eventsOf(end, 'remediation.finished');
    expect(finished.length).toBeGreaterThan(1);
    for (const one of finished) {
      expect(one).toMatchObject({ result: 'failed', usage: { output_tokens: 3 }, last_lines: LAST });
    }
    expect(eventOf(end, 'task.blocked')).toMatchObject({
      code: 'conflict',
      log_path: join(repo.root, `.ralph/logs/parallel/T-1.1.remedy-${finished.length}.log`),
      last_lines: LAST,
    });
  });

  it('is absent where nothing was said', async () => {
    const { repo, attempt } = rivals();
    const end = await landWith(repo, [attempt], `printf 'theirs\\nmine\\n' >a.txt`);
    expect(eventsOf(end, 'remediation.finished')).toHaveLength(1);
    expect(eventOf(end, 'remediation.finished')).not.toHaveProperty('usage');
    expect(eventOf(end, 'remediation.finished')).not.toHaveProperty('last_lines');
  });
});
