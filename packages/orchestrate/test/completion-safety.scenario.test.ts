import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askingScript } from '@ralph/protocol/cli/completion/sources';
import { SHELLS } from '@ralph/protocol/cli/completion/shells';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { Completions } from './support/completions.ts';

const PLACES = [
  'ralph-orchestrate run --resolver=',
  'ralph-orchestrate run --resolver ',
  'ralph-orchestrate run --setup=',
  'ralph-orchestrate run --metrics-file ',
  'ralph-state --repo=',
  'ralph-lock run -- ',
  'ralph-lock run -- true ',
];

const COMMANDS = ['(touch ran)', '$(touch ran)', '"$(touch ran)"', '"a$(touch ran)', 'a(touch ran)b', '`touch ran`'];

describe.each(SHELLS)('completion in %s', (shell) => {
  it('runs nothing of what is typed', (context) => {
    const { folder, root } = temporaryRepository();
    const completions = Completions.of(context, shell, folder);
    const lines = PLACES.flatMap((place) => COMMANDS.map((word) => `${place}${word}`));
    const { stderr } = completions.offered(lines, root);
    expect(stderr).toBe('');
    expect(existsSync(join(root, 'ran'))).toBe(false);
  });
});

it('asks in the folder that is named, not in one that cd would find', () => {
  const { folder, root } = temporaryRepository();
  mkdirSync(join(folder, 'elsewhere'));
  const env = { ...testEnvironment(), OLDPWD: root, CDPATH: folder };
  const asked = (named: string, cwd: string) =>
    spawnSync('sh', ['-c', askingScript(['branches']), 'sh', named], { cwd, env, encoding: 'utf8' }).stdout;
  expect(asked('-', join(folder, 'elsewhere'))).toBe('');
  expect(asked('repo', join(folder, 'elsewhere'))).toBe('');
  expect(asked('repo', folder)).toBe('main\n');
  expect(asked('', root)).toBe('main\n');
});
