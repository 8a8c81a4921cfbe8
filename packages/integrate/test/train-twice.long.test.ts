import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { records, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { finishedAttempt } from './finished-attempt.ts';

it('an attempt that is read twice lands once, however long its gate takes', { timeout: 120_000 }, async () => {
  const repo = temporaryRepository();
  const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
  const gate = `: >${repo.folder}/gate; until [ -e ${repo.folder}/go ]; do sleep 0.05; done`;
  const args = ['run', '--target-branch', 'main', '--jobs', '2', '--ci', gate];
  const child = startProgram('ralph-integrate', args, { cwd: repo.root });
  const transcript = transcriptOf(child);
  let stdout = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stdin.end(`${line}\n${line}\n`);
  await waitUntil('the gate', () => existsSync(join(repo.folder, 'gate')));
  // The second one waits half a minute for the claim of the first.
  const skipped = () => waitUntil('the skip', () => stdout.includes('task.skipped'));
  await skipped().catch(skipped).catch(skipped);
  writeFileSync(join(repo.folder, 'go'), '');
  const end = await transcript;
  const ends = records(end.stdout).flatMap(({ type }) => (String(type).startsWith('task.') ? [type] : []));
  expect(ends).toEqual(['task.skipped', 'task.completed']);
});
