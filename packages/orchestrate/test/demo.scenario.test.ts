import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { runGit } from '@ralph/protocol/testing/temporary-repository';

it('ralph-orchestrate demo shows the whole road, needs no identity and no network, and says where to look', async () => {
  const folder = temporaryFolder();
  const { status, stdout, stderr } = await runProgram('ralph-orchestrate', ['demo'], {
    cwd: folder,
    env: { TMPDIR: folder, HOME: join(folder, 'no-home') },
  });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(stdout).toContain('What landed on main of the origin:');
  expect(stdout).toMatch(/RQ-000[12] {2}a conflict/);
  expect(stdout).toMatch(/RQ-0003 {2}a red gate/);
  expect(stdout).toMatch(/RQ-0011 {2}blocked: .*gate.*the resolver was run 3 times.*\n {11}cd .* && git rebase/);
  expect(stdout).toMatch(/RQ-0004 {2}failed: .*3/);
  const demo = join(folder, readdirSync(folder).find((name) => name.startsWith('ralph-demo-')) ?? 'none');
  const subjects = runGit(join(demo, 'origin.git'), ['log', '--format=%s', 'main']);
  expect(subjects.split('\n')).toHaveLength(11);
  for (const place of stdout.matchAll(/rm -rf (\S+)/g)) expect(place[1]).toBe(demo);
});
