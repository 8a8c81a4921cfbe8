import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { StateFile } from '@ralph/protocol/contract/state-file';
import { momentAfter, seededChance } from '@ralph/protocol/testing/chance';
import { records, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { agentStarted, stream } from './events.ts';
import { startReader, type Readings } from './state-reader.ts';
import { besideState, ralphState, STATE, stateOnDisk } from './repository.ts';

/** Writes one update after the other, each as soon as the one before it was answered; returns what was refused. */
async function writeAll(child: ChildProcessWithoutNullStreams, lines: readonly string[]): Promise<unknown[]> {
  const refused: unknown[] = [];
  let next = 0;
  const send = () => {
    const line = lines[next++];
    if (line === undefined) child.stdin.end();
    else child.stdin.write(line);
  };
  const ended = transcriptOf(child);
  child.stdout.on('data', (text: string) => {
    for (const each of records(text)) {
      if (each['ok'] !== true) refused.push(each);
      send();
    }
  });
  send();
  const { status, stderr } = await ended;
  return status === 0 ? refused : [...refused, { status, stderr }];
}

export interface WriterStorm extends Readings {
  readonly refused: readonly unknown[];
  readonly tasks: number;
  readonly revision: number | undefined;
}

/** Lets processes write one file at once, a task for each update, while a reader looks at it without a pause. */
export async function writerStorm(processes: number, updates: number): Promise<WriterStorm> {
  const { root } = temporaryRepository();
  await ralphState(root, ['init']);
  const endReader = startReader(join(root, STATE));
  const refused = await Promise.all(
    Array.from({ length: processes }, (_, writer) => {
      const tasks = Array.from({ length: updates }, (__, update) => `T-${writer}-${update}`);
      const child = startProgram('ralph-state', ['apply', '--answer'], { cwd: root });
      return writeAll(
        child,
        tasks.map((task) => stream(agentStarted({ task }))),
      );
    }),
  );
  const { readings, wrong } = await endReader();
  const { workers, revision } = stateOnDisk(root);
  const tasks = new Set(workers.map(({ task_id }) => task_id)).size;
  return { refused: refused.flat(), wrong, readings, tasks, revision };
}

export interface KillStorm {
  readonly wrong: readonly string[];
  /** What stands beside the state file after one more write. */
  readonly beside: readonly string[];
}

/** Kills a writer at moments of chance and looks each time what it has left. */
export async function killStorm(rounds: number): Promise<KillStorm> {
  const random = seededChance();
  const { root } = temporaryRepository();
  const wrong: string[] = [];
  await ralphState(root, ['init']);
  for (let round = 0; round < rounds; round += 1) {
    const child = startProgram('ralph-state', ['apply', '--answer'], { cwd: root });
    let answered = 0;
    let sent = 0;
    const send = () =>
      child.stdin.write(stream(agentStarted({ task: `T-${sent % 20}`, attempt: round * 10_000 + (sent += 1) })));
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
    const text = readFileSync(join(root, STATE), 'utf8');
    const at = checkKilled(text, { before, answered, sent }, wrong);
    if (at !== undefined) wrong.push(`round ${round}: ${at}`);
  }
  await ralphState(root, ['apply'], stream(agentStarted({ task: 'last' })));
  return { wrong, beside: besideState(root) };
}

interface Bounds {
  readonly before: number;
  readonly answered: number;
  readonly sent: number;
}

function checkKilled(text: string, { before, answered, sent }: Bounds, wrong: string[]): string | undefined {
  try {
    const { revision = 0, workers } = JSON.parse(text) as StateFile;
    if (revision < answered) return `revision ${revision} although ${answered} was answered`;
    if (revision > before + sent) return `revision ${revision} of ${before} and ${sent} lines`;
    return new Set(workers.map(({ task_id }) => task_id)).size === workers.length ? undefined : 'a task twice';
  } catch {
    wrong.push(text);
    return 'torn';
  }
}
