import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { runOf, runWorker, startWorker, taskLines } from './worker-run.ts';

const EDIT = 'echo edit > edit.txt';
const KEY = `gh${'p_'}${'a1B2'.repeat(9)}`;

describe('the log of an agent', () => {
  it('is readable by the user alone, and is printed as one', async () => {
    const repo = temporaryRepository();
    const agent = `${EDIT}; umask 0; printf 'out\\n'; printf 'err' >&2`;
    const limits = ['--idle-timeout', '10m', '--log-limit', '64M'];
    const run = await runWorker(repo, taskLines('RQ-0001'), agent, ...limits);
    const log = join(repo.root, '.ralph/logs/parallel/RQ-0001.1.log');
    expect(statSync(log).mode & 0o777).toBe(0o600);
    expect(run.events('agent.finished')).toMatchObject([
      { output_bytes: 7, last_lines: ['out', 'err'], log_path: log },
    ]);
    const { stdout } = await runProgram('ralph-worker', ['logs', 'RQ-0001'], { cwd: repo.root });
    expect(stdout).toBe('out\nerr');
  });

  it('never holds more than two limits, and what was dropped is counted and told', async () => {
    const repo = temporaryRepository();
    const log = join(repo.root, '.ralph/logs/parallel/RQ-0001.1.log');
    const flood = `${EDIT}
i=0; while [ $i -lt 200 ]; do seq -f '%07g' $((i * 1000)) $((i * 1000 + 999)); i=$((i + 1)); done
while [ $(wc -c < "${log}") -gt 102400 ]; do sleep 0.02; done
echo the end`;
    const run = await runWorker(repo, taskLines('RQ-0001'), flood, '--log-limit', '100K');
    const [finished] = run.events('agent.finished');
    expect(finished).toMatchObject({ exit_code: 0 });
    // What comes in the instant of the cut is not counted, and on a busy machine that instant is long.
    expect(finished?.['output_bytes']).toBeLessThanOrEqual(1_600_008);
    expect(finished?.['output_bytes']).toBeGreaterThan(204_800);
    expect(finished?.['last_lines']).toHaveLength(5);
    expect(finished?.['last_lines']).toContain('the end');
    const [newer, older] = [log, `${log}.1`].map((path) => readFileSync(path, 'utf8'));
    expect(newer?.length).toBeLessThanOrEqual(102_400);
    expect(older?.length).toBeLessThanOrEqual(160_000);
    expect(older).toMatch(/^\[ralph: \d+ bytes of older output were dropped\]\n/);
    const revealed = await runProgram('ralph-worker', ['logs', 'RQ-0001', '--reveal'], { cwd: repo.root });
    expect(revealed.stdout).toBe(`${older}${newer}`);
    const { stdout } = await runProgram('ralph-worker', ['logs', 'RQ-0001'], { cwd: repo.root });
    // A line whose beginning was dropped may have held a secret; on a busy machine that is more than one.
    expect(stdout).toBe(`${older}${newer}`.replaceAll(/(\[ralph: \d+ bytes of .* dropped.*\]\n).*\n/g, '$1\n'));
    expect(stdout).toMatch(/\nthe end\n$/);
  });

  it('is told of without the beginning of a secret that is being written', async () => {
    const repo = temporaryRepository();
    repo.write('.env', 'PLAIN_TOKEN=abcd9876efgh5432\n');
    const agent = `${EDIT}; printf 'tok abcd98'; while [ ! -e "$OUT/go" ]; do sleep 0.05; done; echo 76efgh5432`;
    const child = startWorker(repo, agent);
    let told = '';
    child.stdout.on('data', (text: Buffer) => (told += text.toString()));
    const ended = transcriptOf(child);
    child.stdin.end(taskLines('RQ-0001'));
    await waitUntil('what it has said so far', () => told.includes('"agent.progress"'));
    repo.write('../go', '');
    const { status, stdout, stderr } = await ended;
    const run = runOf(status, stdout, stderr);
    expect(run.events('agent.progress')[0]).toMatchObject({ bytes: 10, last_line: 'tok' });
    expect(run.events('agent.finished')).toMatchObject([{ last_lines: ['tok [redacted]'] }]);
    expect(stdout).not.toContain('abcd98');
  });

  it('goes on to be written after it was begun anew', async () => {
    const repo = temporaryRepository();
    const log = join(repo.root, '.ralph/logs/parallel/RQ-0001.1.log');
    const agent = `${EDIT}
head -c 5000 /dev/zero | tr '\\0' x
while [ ! -e "${log}.1" ]; do sleep 0.02; done
while [ -s "${log}" ]; do sleep 0.02; done
echo afterwards`;
    await runWorker(repo, taskLines('RQ-0001'), agent, '--log-limit', '4K');
    expect(readFileSync(log, 'utf8')).toBe('afterwards\n');
    expect(readFileSync(`${log}.1`, 'utf8')).toMatch(/^\[ralph: 904 bytes .*\]\nx{4096}$/);
  });

  it('that nobody reads to its end does no harm', async () => {
    const repo = temporaryRepository();
    await runWorker(repo, taskLines('RQ-0001'), `${EDIT}; seq 1000000`);
    const logs = startProgram('ralph-worker', ['logs', 'RQ-0001'], { cwd: repo.root });
    logs.stdout.once('data', () => logs.stdout.destroy());
    await waitUntil('the end of logs', () => logs.exitCode !== null);
    expect(logs.exitCode).toBe(141);
  });
});

describe('--idle-timeout', () => {
  it('ends an agent that prints nothing, with all that it started', async () => {
    const repo = temporaryRepository();
    const agent = 'echo hello; sleep 600 & sleep 600';
    const run = await runWorker(repo, taskLines('RQ-0001'), agent, '--idle-timeout', '2');
    expect(run.status).toBe(1);
    expect(run.events('agent.finished')).toMatchObject([{ reason: 'idle_timeout' }]);
    expect(run.events('task.failed')).toMatchObject([
      { code: 'agent_idle_timeout', reason: 'agent was ended since it printed nothing for too long: hello' },
    ]);
  });

  it('leaves one alone that prints now and then', async () => {
    const repo = temporaryRepository();
    const agent = `${EDIT}; for i in $(seq 12); do echo $i; sleep 0.5; done`;
    const run = await runWorker(repo, taskLines('RQ-0001'), agent, '--idle-timeout', '5');
    expect(run.events('agent.finished')).toMatchObject([{ reason: 'exited', exit_code: 0 }]);
  });
});

describe('secrets', () => {
  it('are in no event, and in the printed log only when asked for', async () => {
    const repo = temporaryRepository();
    repo.write('.env', 'SERVICE="grün-und-geheim"\nMODE=production\n');
    const agent = `echo 'export OWN=made-by-the-agent-1' > .env.local
echo "key ${KEY} and grün-und-geheim in production"
echo "it said made-by-the-agent-1"; exit 3`;
    const run = await runWorker(repo, taskLines('RQ-0001'), agent);
    const lines = ['key [redacted] and [redacted] in production', 'it said [redacted]'];
    expect(run.events('agent.finished')).toMatchObject([{ last_lines: lines }]);
    expect(run.events('task.failed')).toMatchObject([{ reason: 'agent ended with status 3: it said [redacted]' }]);
    const shown = await runProgram('ralph-worker', ['logs', 'RQ-0001'], { cwd: repo.root });
    expect(shown.stdout).toBe(`${lines[0]}\nit said made-by-the-agent-1\n`);
    const revealed = await runProgram('ralph-worker', ['logs', 'RQ-0001', '--reveal'], { cwd: repo.root });
    expect(revealed.stdout).toBe(`key ${KEY} and grün-und-geheim in production\nit said made-by-the-agent-1\n`);
  });

  it('are not in what an agent says on its way', async () => {
    const repo = temporaryRepository();
    const worker = startWorker(repo, `${EDIT}; echo "key ${KEY}"; while [ ! -e "$OUT/go" ]; do sleep 0.05; done`);
    let stdout = '';
    worker.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString()));
    worker.stdin.end(taskLines('RQ-0001'));
    await waitUntil('the progress', () => stdout.includes('agent.progress'));
    repo.write('../go', '');
    await waitUntil('the end', () => worker.exitCode !== null);
    expect(stdout).toContain('"bytes":45,"last_line":"key [redacted]"');
    expect(stdout).not.toContain(KEY);
  });
});
