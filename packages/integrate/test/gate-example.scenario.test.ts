import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { builtProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { workOf } from './gate-run.ts';

it('the example of the page that names gates lands the work as it stands', () => {
  const page = readFileSync(new URL('../../../docs/ralph-integrate.md', import.meta.url), 'utf8');
  const [example = ''] = page.split('\n').filter((line) => line.startsWith('    ') && line.includes('--gates-at-once'));
  const repo = temporaryRepository();
  workOf(repo, 'RQ-0001');
  for (const name of ['ralph-integrate', 'ralph-state', 'ralph-worker'] as const)
    scriptedCommand(repo.folder, name, `exec ${process.execPath} ${builtProgram(name)} "$@"`);
  scriptedCommand(repo.folder, 'npm', `echo "$*" >>${repo.folder}/npm`);
  const env = testEnvironment(join(repo.folder, 'bin'));
  const end = spawnSync('sh', ['-c', example], { cwd: repo.root, env, encoding: 'utf8' });
  expect(`${end.stderr}${end.status}`).toBe('0');
  expect(readFileSync(join(repo.folder, 'npm'), 'utf8').split('\n').toSorted()).toEqual(['', 'run lint', 'test']);
  expect(repo.gitOrigin('show', 'main:a.txt')).toBe('a');
});
