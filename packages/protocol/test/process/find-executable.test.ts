import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { isFailure } from '../../src/contract/failure.ts';
import { requireExecutable } from '../../src/process/find-executable.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';

function codeOf(run: () => void): string {
  try {
    run();
    return 'found';
  } catch (error) {
    return isFailure(error) ? error.code : String(error);
  }
}

it('passes over a folder of PATH that cannot be entered', () => {
  const folder = temporaryFolder();
  const kept = process.env['PATH'];
  onTestFinished(() => void (process.env['PATH'] = kept));
  symlinkSync('loop', join(folder, 'loop'));
  process.env['PATH'] = `${folder}/loop:${folder}`;
  expect(codeOf(() => requireExecutable('tool', folder))).toBe('command_not_found');
  writeFileSync(join(folder, 'tool'), '');
  expect(codeOf(() => requireExecutable('tool', folder))).toBe('command_not_executable');
  chmodSync(join(folder, 'tool'), 0o755);
  expect(codeOf(() => requireExecutable('tool', folder))).toBe('found');
});
