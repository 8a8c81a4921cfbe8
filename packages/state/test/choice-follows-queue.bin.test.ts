import { mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { startProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';

const OLD_MS = 200;

function textOf(...ids: string[]): string {
  const tasks = ids.map((id) => ({ id, title: 'x', status: 'todo', created_at: '2026-01-01T00:00:00Z' }));
  return JSON.stringify({ version: 1, tasks: tasks.map((task) => ({ ...task, updated_at: task.created_at })) });
}

it('chooses from the queue as it is now, however it was changed since the last choice of the same process', async () => {
  const { root } = temporaryRepository();
  const [queue, done] = ['queue', 'done'].map((name) => join(root, `.ralph/${name}.jsonc`)) as [string, string];
  const child = startProgram('ralph-state', ['apply', '--answer'], { cwd: root });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const choice = async () => {
    child.stdin.write('{"v":1,"type":"task.select"}\n');
    const { value } = await answers.next();
    return (JSON.parse(value ?? '') as { task?: { id: string } | null }).task?.id;
  };
  // Only what is old enough is kept in mind; each further choice is then one from memory.
  const settled = async () => {
    const paths = [queue, done].filter((path) => statSync(path, { throwIfNoEntry: false }) !== undefined);
    await waitUntil('the files are old', () => paths.every((path) => Date.now() - statSync(path).ctimeMs > OLD_MS));
    return [await choice(), await choice()];
  };

  mkdirSync(join(root, '.ralph'), { recursive: true });
  writeFileSync(queue, textOf('RQ-0001', 'RQ-0002'));
  expect(await settled()).toEqual(['RQ-0001', 'RQ-0001']);
  const { atime, mtime, size } = statSync(queue);
  writeFileSync(queue, textOf('RQ-0003', 'RQ-0002'));
  utimesSync(queue, atime, mtime);
  expect(statSync(queue).size).toBe(size);
  expect(await choice()).toBe('RQ-0003');
  expect(await settled()).toEqual(['RQ-0003', 'RQ-0003']);
  writeFileSync(`${queue}.next`, textOf('RQ-0004', 'RQ-0002'));
  renameSync(`${queue}.next`, queue);
  expect(await choice()).toBe('RQ-0004');
  expect(await settled()).toEqual(['RQ-0004', 'RQ-0004']);
  const [ended] = (JSON.parse(textOf('RQ-0002')) as { tasks: object[] }).tasks;
  writeFileSync(queue, textOf('RQ-0002'));
  writeFileSync(done, JSON.stringify({ version: 1, tasks: [] }));
  expect(await settled()).toEqual(['RQ-0002', 'RQ-0002']);
  const at = '2026-01-02T00:00:00Z';
  writeFileSync(
    done,
    JSON.stringify({ version: 1, tasks: [{ ...ended, status: 'done', completed_at: at, updated_at: at }] }),
  );
  expect(await choice()).toBeUndefined();
  rmSync(queue);
  expect(await choice()).toBeUndefined();
  child.stdin.end();
});
