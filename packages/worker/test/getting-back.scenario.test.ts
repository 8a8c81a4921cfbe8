import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { runWorker, taskLines } from './worker-run.ts';

const PAGE = readFileSync(fileURLToPath(new URL('../../../docs/ralph-worker.md', import.meta.url)), 'utf8');
const REF = 'refs/ralph/salvage/RQ-0001/1';

/** Commits, staged and unstaged edits and a new file of an agent that failed. */
async function salvagedWork(): Promise<TestRepository> {
  const repo = temporaryRepository({ 'README.md': '# test\n', 'a.txt': 'a\n', 'b.txt': 'b\n' });
  const agent = [
    'echo commit > c.txt; git add c.txt; git commit -qm "half of it"',
    'echo staged >> a.txt; git add a.txt; echo edited >> b.txt; echo new > d.txt; exit 1',
  ].join('\n');
  await runWorker(repo, taskLines('RQ-0001'), agent);
  return repo;
}

/** A command of the manual page; the page has to have it as it is run here. */
function fromPage(command: string): string[] {
  expect(PAGE).toContain(`    ${command}\n`);
  return command.split(' ').slice(1);
}

it('lists what was kept, and shows and merges it as the manual page says', async () => {
  const repo = await salvagedWork();
  const listed = await runProgram('ralph-worker', fromPage('ralph-worker list --salvaged'), { cwd: repo.root });
  expect(records(listed.stdout)).toMatchObject([{ task_id: 'RQ-0001', attempt: 1, ref: REF }]);
  expect(repo.git(...fromPage(`git log --oneline HEAD..${REF}`))).toContain('half of it');
  expect(repo.git(...fromPage(`git diff --stat HEAD ${REF}`))).toContain('4 files changed');
  repo.git(...fromPage(`git merge --squash ${REF}`));
  expect(['a.txt', 'b.txt', 'c.txt', 'd.txt'].map((name) => repo.read(name))).toEqual([
    'a\nstaged\n',
    'b\nedited\n',
    'commit\n',
    'new\n',
  ]);
});

it('gives single files back, and a branch of its own', async () => {
  const repo = await salvagedWork();
  repo.git(...fromPage(`git restore --source ${REF} -- d.txt`));
  expect(repo.read('d.txt')).toBe('new\n');
  repo.git('clean', '-fdq');
  repo.git(...fromPage(`git switch -q -c rescued ${REF}`));
  expect(repo.read('b.txt')).toBe('b\nedited\n');
  repo.git('switch', '-q', 'main');
});

it('lets what is not wanted any more go', async () => {
  const repo = await salvagedWork();
  repo.git(...fromPage(`git update-ref -d ${REF}`));
  const listed = await runProgram('ralph-worker', ['list', '--salvaged'], { cwd: repo.root });
  expect(listed.stdout).toBe('');
});
