import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseLine } from '@ralph/protocol/contract/parse-line';
import { target, type AnyTarget } from '@ralph/protocol/testing/fuzz/fuzz-target';
import { hostileJson, hostileLines, hostileText } from '@ralph/protocol/testing/fuzz/hostile-inputs';
import { PROPOSAL, sampleNamed, streamSamples } from '@ralph/protocol/testing/fuzz/samples';
import { newTask } from '../../src/queue/new-task.ts';
import { findProblems } from '../../src/queue/queue-validation.ts';
import { withIds } from '../../src/queue/task-adding.ts';
import { readProposal } from '../../src/queue/read-proposal.ts';
import { requirePlainLine } from '../../src/apply/plain-line.ts';
import { fold } from '../../src/records/fold.ts';
import { mendState } from '../../src/repair/state-repair.ts';
import { parseLockOwner } from '../../src/status/queue-lock-owner.ts';
import { readDamagedText, readDocumentText } from '../../src/store/document-text.ts';
import { appendTasks, parseQueue, removeTasks } from '../../src/store/queue-document.ts';
import { requireExact } from '../../src/store/exact-numbers.ts';
import { emptyState, parseState } from '../../src/store/state-document.ts';
import { lineOf } from './lines.ts';
import { QUEUE_TEXT, RECORDS, TASKS } from './samples.ts';

const NOW = new Date('2026-06-01T00:00:00Z');

/** What only ralph-state reads: its files, and what comes to them. The runs of all are 3,600. */
export function stateTargets(folder: string): AnyTarget[] {
  const path = join(folder, 'file.json');
  const stateFiles = [{ ...(sampleNamed('state-file') as object), schema_version: 3, workers: RECORDS }];
  return [
    target({
      name: 'state file',
      runs: 800,
      inputs: hostileJson(stateFiles, 1),
      take: async (bytes) => {
        writeFileSync(path, bytes);
        const text = readDocumentText(path, 'state_corrupt')?.text ?? '';
        const state = await parseState(text, path);
        await requireExact(text, path);
        return fold(state, parseLine(streamSamples()[0] as Record<string, unknown>, 1) as never);
      },
    }),
    target({
      name: 'state file, to be mended',
      runs: 600,
      inputs: hostileJson(stateFiles),
      take: async (bytes) => {
        writeFileSync(path, bytes);
        const { state } = await mendState(readDamagedText(path), path, NOW);
        // What was mended is sound for ever.
        if (state !== undefined) await parseState(JSON.stringify(state), path);
      },
    }),
    target({
      name: 'queue file, read and edited',
      runs: 1000,
      inputs: hostileText(QUEUE_TEXT, JSON.stringify({ version: 1, tasks: TASKS })),
      take: async (bytes) => {
        writeFileSync(path, bytes);
        const queue = await parseQueue(readDocumentText(path, 'queue_corrupt')?.text, path);
        findProblems(queue.tasks, []);
        const more = await appendTasks(queue, ['{"id":"NEW","title":"new"}']);
        await removeTasks(more, [0]);
      },
    }),
    target({
      name: 'new tasks',
      runs: 500,
      inputs: hostileJson(TASKS),
      take: (bytes) => {
        const line = lineOf(bytes);
        return withIds([newTask(line.record, line.number)], ['RQ-0002'], NOW.toISOString());
      },
    }),
    target({
      name: 'lines that are kept in a file',
      runs: 400,
      inputs: hostileLines(streamSamples(), 1),
      take: async (bytes) => {
        const line = lineOf(bytes);
        await requirePlainLine(line);
        const read = parseLine(line.record, 1);
        return read.kind === 'event' ? fold(emptyState('main', NOW.toISOString()), read.event) : undefined;
      },
    }),
    target({
      name: 'proposals of follow-ups',
      runs: 200,
      inputs: hostileJson([PROPOSAL]),
      take: (bytes) => readProposal(lineOf(bytes), 'RQ-0001'),
    }),
    target({
      name: 'owner of a foreign queue lock',
      runs: 100,
      inputs: hostileText('pid: 17\nstarted_at: 2026-01-01T00:00:00Z\ncommand: ralph\nlabel: x\n'),
      take: (bytes) => parseLockOwner(bytes.toString()),
    }),
  ];
}
