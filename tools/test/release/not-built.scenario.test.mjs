import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { PROGRAMS } from '../../bundle-options.mjs';
import { freshEnvironment, oneTaskRepository, root, runOneTask, scratchFolder } from '../pack/installed.mjs';

const { folder, remove } = scratchFolder();
const env = freshEnvironment(join(folder, 'home'));
afterAll(remove);

/** Copies what is built here into a checkout whose sources are of another version. */
function builtBefore(version) {
  const checkout = mkdtempSync(join(folder, 'checkout '));
  cpSync(join(root, 'tools/build.mjs'), join(checkout, 'tools/build.mjs'));
  for (const name of PROGRAMS) {
    const [from, to] = [root, checkout].map((top) => join(top, 'packages', name));
    for (const one of ['bin', 'dist']) cpSync(join(from, one), join(to, one), { recursive: true });
    writeFileSync(join(to, 'package.json'), JSON.stringify({ name: `ralph-${name}`, version }));
  }
  writeFileSync(join(checkout, 'package.json'), JSON.stringify({ name: 'ralph-toolbox', version }));
  return checkout;
}

it('a checkout that was not built since its release runs, and says how it is built', () => {
  const checkout = builtBefore('99.0.0');
  const repo = oneTaskRepository(mkdtempSync(join(folder, 'work ')), env);
  const run = runOneTask(join(checkout, 'packages/orchestrate/bin/ralph-orchestrate.cjs'), repo, '/', env);
  expect(run).toMatchObject({ status: 0, landed: ['.gitignore', 'made'] });
  expect(run.stderr).toContain(`the sources in ${checkout} are 99.0.0, but the programs were built of `);
  expect(run.stderr).toContain(`\n  next: cd '${checkout}' && npm ci\n`);
  expect(run.stderr).not.toContain('but others are not');
});
