import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { secretFiles, secretValues, topSecretFiles } from '../../src/process/secret-values.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';

it('finds the .env files of a folder, but no examples and none of other people, and reads them', () => {
  const root = temporaryFolder();
  const paths = ['.env', '.env.local', 'packages/a/.env', '.env.example', 'node_modules/x/.env', 'a/b/c/.env', 'x.env'];
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `TOKEN=value-of-${path}\n`);
  }
  const files = secretFiles(root);
  expect(files.toSorted()).toEqual(['.env', '.env.local', 'packages/a/.env']);
  expect(topSecretFiles(root).toSorted()).toEqual(['.env', '.env.local']);
  expect(secretValues(root, files)).toContain('value-of-packages/a/.env');
});

it('does not wait for a pipe, and takes a missing file for an empty one', () => {
  const root = temporaryFolder();
  execFileSync('mkfifo', [join(root, '.env')]);
  expect(secretFiles(root)).toEqual(['.env']);
  expect(secretValues(root, ['.env', '.env.gone'])).toEqual([]);
  expect(secretFiles(join(root, 'none'))).toEqual([]);
});
