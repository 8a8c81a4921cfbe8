import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { Changes } from '../src/run/changes.ts';

function follow(root: string): { looks: () => number; notes: string[] } {
  let looks = 0;
  const notes: string[] = [];
  const paths = [join(root, 'queue')];
  const changes = new Changes({ root, paths, onChange: () => (looks += 1), onNote: (line) => notes.push(line) });
  onTestFinished(() => changes.close());
  return { looks: () => looks, notes };
}

it('looks once when the watch stands, and again at each change', async () => {
  const root = temporaryFolder();
  const { looks, notes } = follow(root);
  expect(looks()).toBe(1);
  writeFileSync(join(root, 'queue'), 'x');
  await waitUntil('the change is told', () => looks() > 1);
  expect(notes).toEqual([]);
});

it('ends nothing where nothing can be watched: it says so and looks now and then', async () => {
  const root = temporaryFolder();
  rmSync(root, { recursive: true });
  const { looks, notes } = follow(root);
  await waitUntil('it has said so', () => notes.length === 1);
  expect(looks()).toBe(1);
  expect(notes[0]).toMatch(/looking every 5 s instead$/);
});
