import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { portsOf } from '../src/ports/port-blocks.ts';
import { PortRanges } from '../src/ports/port-ranges.ts';
import { pidIn, startWorker, taskLines } from './worker-run.ts';

function newRanges(): PortRanges {
  const ranges = new PortRanges();
  onTestFinished(() => ranges.close());
  return ranges;
}

describe('the ports of agents', () => {
  it('are 20 for each living one, across repositories and runs, and nobody else has them', async () => {
    const repos = [temporaryRepository(), temporaryRepository()];
    const agent =
      'echo "$RALPH_PORT_BASE $RALPH_PORT_COUNT" > "$OUT/ports.$RALPH_TASK_ID"; echo $$ > "$OUT/$RALPH_TASK_ID"; sleep 300';
    const workers = repos.map((repo) => startWorker(repo, agent, '--jobs', '12'));
    const ids = Array.from({ length: 12 }, (_, index) => `RQ-00${index + 10}`);
    workers.forEach((worker) => worker.stdin.write(taskLines(...ids)));
    await Promise.all(repos.flatMap((repo) => ids.map((id) => pidIn(repo, id))));
    const given = repos.flatMap((repo) => ids.map((id) => readFileSync(join(repo.folder, `ports.${id}`), 'utf8')));
    const ports = given.map((text) => Number(text.split(' ')[0])).flatMap(portsOf);
    expect(given.every((text) => text.endsWith(' 20\n'))).toBe(true);
    expect(new Set(ports).size).toBe(2 * 12 * 20);
    const ended = workers.map(transcriptOf);
    workers.forEach((worker) => worker.kill('SIGTERM'));
    await Promise.all(ended);
  });

  it('are not leased twice at once, and again when they were given back', async () => {
    const [one, other] = [newRanges(), newRanges()];
    const first = await Promise.all(Array.from({ length: 15 }, () => one.lease()));
    const second = await Promise.all(Array.from({ length: 15 }, () => other.lease()));
    const bases = [...first, ...second].map((range) => range?.base);
    expect(bases).not.toContain(undefined);
    expect(new Set(bases).size).toBe(30);
    first[0]?.release(false);
    // Two blocks of ten: those that have rested longer come first.
    const next = await Promise.all(Array.from({ length: 6 }, () => one.lease()));
    expect(next.at(-1)?.base).toBe(bases[0]);
  });

  it('leave out a range with a port in use', async () => {
    const ranges = newRanges();
    const range = await ranges.lease();
    const server = createServer().listen((range?.base ?? 0) + 7, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    range?.release(false);
    const next = await Promise.all(Array.from({ length: 10 }, () => ranges.lease()));
    expect(next.map((one) => one?.base)).not.toContain(range?.base);
  });
});

it('an agent for which there are none starts without, and the run says so once', async () => {
  const repo = temporaryRepository();
  const agent = scriptedCommand(
    repo.folder,
    'agent',
    'echo "[$RALPH_PORT_BASE]" > "$OUT/base.$RALPH_TASK_ID"; echo x > x',
  );
  repo.write('../file', '');
  const env = { OUT: repo.folder, TMPDIR: join(repo.folder, 'file'), RALPH_PORT_BASE: '1' };
  const worker = startProgram('ralph-worker', ['run', '--', agent], { cwd: repo.root, env });
  const ended = transcriptOf(worker);
  worker.stdin.end(taskLines('RQ-0001', 'RQ-0002'));
  const { status, stderr } = await ended;
  expect(status).toBe(0);
  expect(stderr.match(/no free port range/g)).toHaveLength(1);
  const said = readdirSync(repo.folder).filter((name) => name.startsWith('base.'));
  expect(said.map((name) => readFileSync(join(repo.folder, name), 'utf8'))).toEqual(['[]\n', '[]\n']);
});
