import { describe, expect, it } from 'vitest';
import { runFile } from '../src/upkeep/run-file.ts';

describe('runFile', () => {
  it.each([
    ['RQ-0001.1.log', 'RQ-0001', 1],
    ['RQ-0001.12.log.1', 'RQ-0001', 12],
    ['RQ-0001.1.ci.log', 'RQ-0001', 1],
    ['RQ-0001.1.ci.lint.log.first', 'RQ-0001', 1],
    ['RQ-0001.1.ci.log.base.1', 'RQ-0001', 1],
    ['RQ-0001.2.remedy-1.log', 'RQ-0001', 2],
    ['RQ-0001.2.remedy-1.prompt.md', 'RQ-0001', 2],
    ['RQ-0001.2.plan.md', 'RQ-0001', 2],
    ['RQ-0001.2.summary.md', 'RQ-0001', 2],
    ['v1.2.3.log', 'v1.2', 3],
  ])('takes %s for one of %s', (name, taskId, attempt) => {
    expect(runFile(name)).toEqual({ taskId, attempt });
  });

  it.each([
    'events.ndjson',
    'events.1.ndjson',
    'report-run-1.html',
    'report-1.1.jsonl',
    'RQ-0001.log',
    'A.0.log',
    'A.1.log.gz',
    '.A.1.new',
  ])('takes %s for somebody else’s', (name) => {
    expect(runFile(name)).toBeUndefined();
  });
});
