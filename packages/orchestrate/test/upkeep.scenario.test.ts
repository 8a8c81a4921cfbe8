import { readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';

const DAY = 24 * 60 * 60 * 1000;
const STAMP = '.ralph/cache/parallel/pruned';

/** Writes a file that is so many days old. */
function old(repo: TestRepository, path: string, days: number): void {
  repo.write(path, '');
  const at = new Date(Date.now() - days * DAY);
  utimesSync(join(repo.root, path), at, at);
}

const logsOf = (repo: TestRepository) => readdirSync(join(repo.root, '.ralph/logs/parallel')).toSorted();

async function run(repo: TestRepository, env: Readonly<Record<string, string>> = {}) {
  repo.queue([queueTask('RQ-0001')]);
  const agent = scriptedCommand(repo.folder, 'agent', 'date +%N > file');
  return runProgram('ralph-orchestrate', ['run', '--format', 'ndjson', '--', agent], { cwd: repo.root, env });
}

describe('a run', () => {
  it('clears away what is older than a month, when nobody has done so for a day', async () => {
    const repo = temporaryRepository();
    old(repo, STAMP, 2);
    old(repo, '.ralph/logs/parallel/A.1.log', 31);
    old(repo, '.ralph/logs/parallel/B.1.log', 29);
    const { status, stderr } = await run(repo);
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('cleared away')]);
    expect(logsOf(repo)).toEqual(['B.1.log', 'RQ-0001.1.log', 'events.ndjson']);
    expect(statSync(join(repo.root, STAMP)).mtimeMs).toBeGreaterThan(Date.now() - DAY);
  });

  it('keeps it for as many days as is set', async () => {
    const repo = temporaryRepository();
    old(repo, STAMP, 2);
    old(repo, '.ralph/logs/parallel/A.1.log', 31);
    old(repo, '.ralph/logs/parallel/B.1.log', 91);
    expect((await run(repo, { RALPH_HISTORY_KEEP_DAYS: '90' })).status).toBe(0);
    expect(logsOf(repo)).toEqual(['A.1.log', 'RQ-0001.1.log', 'events.ndjson']);
  });

  it('looks for it once a day only', async () => {
    const repo = temporaryRepository();
    old(repo, STAMP, 0.5);
    old(repo, '.ralph/logs/parallel/A.1.log', 31);
    expect((await run(repo)).status).toBe(0);
    expect(logsOf(repo)).toEqual(['A.1.log', 'RQ-0001.1.log', 'events.ndjson']);
  });

  it('looks for it where that was never done as soon as there is much', async () => {
    const repo = temporaryRepository();
    for (let one = 0; one < 201; one += 1) old(repo, `.ralph/logs/parallel/T${one}.1.log`, 31);
    expect((await run(repo)).status).toBe(0);
    expect(logsOf(repo)).toEqual(['RQ-0001.1.log', 'events.ndjson']);
  });

  it('does its work all the same when that fails, and says so', async () => {
    const repo = temporaryRepository();
    // A folder stands where it is to write that it was done.
    repo.write(`${STAMP}/file`, '');
    const before = new Date(Date.now() - 2 * DAY);
    utimesSync(join(repo.root, STAMP), before, before);
    const { status, stderr } = await run(repo);
    expect([status, stderr]).toEqual([0, expect.stringContaining('were not cleared away: ')]);
  });
});
