import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';

const FILE = '.ralph/trust.jsonc';
const YES = '{ // mine\n "allow_project_commands": true, }';

async function trust({ root }: TestRepository): Promise<unknown> {
  const { status, stdout } = await runProgram('ralph-worker', ['trust'], { cwd: root });
  expect(status).toBe(0);
  return records(stdout)[0];
}

function tracked(repository: TestRepository): void {
  repository.write(FILE, YES);
  repository.git('add', '-f', FILE);
}

function linked(repository: TestRepository): void {
  writeFileSync(join(repository.folder, 'trust'), YES);
  mkdirSync(join(repository.root, '.ralph'));
  symlinkSync(join(repository.folder, 'trust'), join(repository.root, FILE));
}

/** The file itself is in no index then; the folder is. */
function inSubmodule(repository: TestRepository): void {
  repository.write(FILE, YES);
  const git = (...args: string[]) => repository.git('-C', '.ralph', '-c', 'user.name=a', '-c', 'user.email=a', ...args);
  git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', 'trust me');
  repository.git('add', '.ralph');
}

function throughLinkedFolder(repository: TestRepository): void {
  repository.write('settings/trust.jsonc', YES);
  repository.git('add', '-A');
  symlinkSync('settings', join(repository.root, '.ralph'));
}

function inOtherCase(repository: TestRepository): void {
  repository.write('.Ralph/trust.jsonc', YES);
  repository.git('add', '-A');
  repository.write(FILE, YES);
}

describe('ralph-worker trust', () => {
  it('takes the file of the user, which git does not track', async () => {
    const repository = temporaryRepository();
    repository.write(FILE, YES);
    expect(await trust(repository)).toEqual({ trusted: true, path: join(repository.root, FILE) });
  });

  it.each([
    ['none', () => {}, /no such file/],
    ['one that git tracks', tracked, /git tracks it/],
    ['one in a folder that git tracks as another repository', inSubmodule, /git tracks it/],
    ['one in a link to a folder that git tracks', throughLinkedFolder, /git tracks it/],
    ['one that git tracks by another case', inOtherCase, /git tracks it/],
    ['a symlink', linked, /symlink/],
    [
      'one that everybody may write',
      (r: TestRepository) => (r.write(FILE, YES), chmodSync(join(r.root, FILE), 0o666)),
      /everybody/,
    ],
    ['one that says no', (r: TestRepository) => r.write(FILE, '{"allow_project_commands":false}'), /is false/],
    ['one that says nothing', (r: TestRepository) => r.write(FILE, '{}'), /allow_project_commands/],
    ['one that cannot be read', (r: TestRepository) => r.write(FILE, '{"allow'), /trust\.jsonc:1:/],
  ])('does not take %s', async (_, prepare, reason) => {
    const repository = temporaryRepository();
    prepare(repository);
    expect(await trust(repository)).toMatchObject({ trusted: false, reason: expect.stringMatching(reason) as string });
  });

  // Only root can give a file to another user.
  it.skipIf(process.getuid?.() !== 0)(
    `does not take one of another user${process.getuid?.() === 0 ? '' : ' (needs root)'}`,
    async () => {
      const repository = temporaryRepository();
      repository.write(FILE, YES);
      chownSync(join(repository.root, FILE), 12345, 12345);
      expect(await trust(repository)).toMatchObject({
        trusted: false,
        reason: expect.stringMatching(/another user/) as string,
      });
    },
  );
});
