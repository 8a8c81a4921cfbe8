import { closeSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openFilesIn } from '../../src/process/open-files.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';

it('tells which files of a folder are open, by whatever name of it', ({ skip }) => {
  skip(process.platform !== 'linux', 'there is no /proc here');
  const folder = temporaryFolder();
  const [real, link] = [join(folder, 'real'), join(folder, 'link')];
  expect(openFilesIn(real)).toEqual(new Set());
  mkdirSync(real);
  symlinkSync('real', link);
  for (const name of ['one', 'two']) writeFileSync(join(real, name), '');
  expect(openFilesIn(link)).toEqual(new Set());
  const fd = openSync(join(real, 'two'), 'r');
  expect([openFilesIn(real), openFilesIn(link), openFilesIn(folder)]).toEqual([
    new Set(['two']),
    new Set(['two']),
    new Set(),
  ]);
  closeSync(fd);
  expect(openFilesIn(link)).toEqual(new Set());
});
