import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { expect, it } from 'vitest';
import type { StateFile } from '@ralph/protocol/contract/state-file';
import { momentAfter, seededChance } from '@ralph/protocol/testing/chance';
import { records, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { agentStarted, stream } from './support/events.ts';
import { besideState, ralphState, STATE, stateOnDisk } from './support/repository.ts';

const WRITERS = 8;
const UPDATES = 25;

/** Writes one update after the other, each as soon as the one before it was answered. */
async function writeAll(child: ChildProcessWithoutNullStreams, lines: readonly string[]): Promise<number | null> {
  const ended = transcriptOf(child);
  let next = 0;
  const send = () => {
    const line = lines[next++];
    if (line === undefined) child.stdin.end();
    else child.stdin.write(line);
  };
  child.stdout.on('data', (text: string) => {
    for (const each of records(text)) {
      expect(each['ok']).toBe(true);
      send();
    }
  });
  send();
  return (await ended).status;
}

it(`loses no update of ${WRITERS} processes that write at once, and is whole at every instant`, async () => {
  const { root } = temporaryRepository();
  await ralphState(root, ['init']);
  let writing = true;
  let reads = 0;
  const reading = (async () => {
    for (let last = 0; writing; reads += 1) {
      const { revision = 0, workers } = stateOnDisk(root);
      expect(revision).toBeGreaterThanOrEqual(last);
      expect(workers).toHaveLength(revision - 1);
      last = revision;
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const statuses = await Promise.all(
    Array.from({ length: WRITERS }, (_, writer) => {
      const lines = Array.from({ length: UPDATES }, (__, update) =>
        stream(agentStarted({ task: `T-${writer}-${update}` })),
      );
      return writeAll(startProgram('ralph-state', ['apply', '--answer'], { cwd: root }), lines);
    }),
  );
  writing = false;
  await reading;
  expect(statuses).toEqual(Array.from({ length: WRITERS }, () => 0));
  expect(new Set(stateOnDisk(root).workers.map(({ task_id }) => task_id)).size).toBe(WRITERS * UPDATES);
  expect(stateOnDisk(root).revision).toBe(1 + WRITERS * UPDATES);
  expect(reads).toBeGreaterThan(100);
});

it(
  'leaves the old or the new file when its writer is killed, and keeps what was answered (M19)',
  { timeout: 180_000 },
  async () => {
    const random = seededChance();
    const { root } = temporaryRepository();
    await ralphState(root, ['init']);
    for (let round = 0; round < 50; round += 1) {
      const child = startProgram('ralph-state', ['apply', '--answer'], { cwd: root });
      let answered = 0;
      let sent = 0;
      const send = () =>
        child.stdin.write(stream(agentStarted({ task: `T-${sent % 20}`, attempt: round * 1000 + (sent += 1) })));
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        answered = Math.max(answered, ...records(text).map(({ revision }) => Number(revision)));
        send();
      });
      const before = stateOnDisk(root).revision ?? 0;
      const ended = transcriptOf(child);
      send();
      await waitUntil('a first answer', () => answered > 0);
      await momentAfter(random() * 40);
      child.kill('SIGKILL');
      await ended;
      const after = JSON.parse(readFileSync(join(root, STATE), 'utf8')) as StateFile;
      expect(after.revision).toBeGreaterThanOrEqual(answered);
      expect(after.revision).toBeLessThanOrEqual(before + sent);
      expect(after.workers.length).toBe(new Set(after.workers.map(({ task_id }) => task_id)).size);
    }
    await ralphState(root, ['apply'], stream(agentStarted({ task: 'last' })));
    expect(besideState(root)).toEqual(['state.json', 'state.lock']);
  },
);
