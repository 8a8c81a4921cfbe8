import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SHELLS } from '@ralph/protocol/cli/completion/shells';
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
