import { createReadStream, statSync } from 'node:fs';
import { Input } from '@ralph/protocol/cli/input';
import { Failure } from '@ralph/protocol/contract/failure';
import { firstIssue } from '@ralph/protocol/contract/first-issue';
import { badLine, describeIssue, parseLine } from '@ralph/protocol/contract/parse-line';
import { queueFile, type Task } from '@ralph/protocol/contract/task';
import { parseJsonc, readTextIfPresent } from '@ralph/protocol/process/read-jsonc';

/**
 * Reads the tasks of a run from stdin or a file, to the end, before anything is started: bad input changes nothing.
 * A file that ends in .json or .jsonc is a queue file, any other holds NDJSON as on stdin.
 *
 * @throws Failure `bad_line` with the line number, `queue_corrupt`, `io`
 */
export async function readGivenTasks(source: string, stdin: () => Input, signal: AbortSignal): Promise<Task[]> {
  if (source === '-') return readLines(stdin());
  if (statSync(source, { throwIfNoEntry: false })?.isDirectory() !== false) {
    throw new Failure('io', `cannot read tasks from ${source}: no such file`, { hint: 'check the path after --tasks' });
  }
  if (/\.jsonc?$/.test(source)) return readQueueFile(source);
  return readLines(new Input({ stream: createReadStream(source), signal }));
}

async function readLines(input: Input): Promise<Task[]> {
  const tasks: Task[] = [];
  for await (const { record, number } of input.lines()) {
    const line = parseLine(record, number);
    if (line.kind === 'task') tasks.push(line.task);
    else if (line.kind === 'unknown') throw badLine(number, 'a task needs at least id and title');
  }
  return tasks;
}

async function readQueueFile(path: string): Promise<Task[]> {
  const parsed = firstIssue(queueFile, await parseJsonc(readTextIfPresent(path) ?? '', path, 'queue_corrupt'));
  if (parsed.success) return parsed.data.tasks;
  throw new Failure('queue_corrupt', `${path}: ${describeIssue(parsed.error)}`, {
    hint: 'a queue file holds {"version":1,"tasks":[…]}; for one task a line, use another ending than .json or .jsonc',
  });
}
