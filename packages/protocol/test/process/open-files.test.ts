import { closeSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isOpenSomewhere } from '../../src/process/open-files.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';

it('tells whether a file is open, by whatever name', ({ skip }) => {
  skip(process.platform !== 'linux', 'there is no /proc here');
  const folder = temporaryFolder();
  const [path, link] = [join(folder, 'file'), join(folder, 'link')];
  expect(isOpenSomewhere(path)).toBe(false);
  writeFileSync(path, '');
  symlinkSync('file', link);
  expect(isOpenSomewhere(path)).toBe(false);
  const fd = openSync(path, 'r');
  expect([isOpenSomewhere(path), isOpenSomewhere(link)]).toEqual([true, true]);
  closeSync(fd);
  expect(isOpenSomewhere(link)).toBe(false);
});
