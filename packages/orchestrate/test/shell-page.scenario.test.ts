import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { PROGRAMS, programsOnPath } from './support/completions.ts';

const top = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(join(top, 'docs/shell.md'), 'utf8');

const blocks = [...page.matchAll(/^```(bash|zsh|fish)\n([\s\S]*?)^```$/gm)].map((match) => ({
  shell: match[1] ?? '',
  text: match[2] ?? '',
}));

/** Behind a block, in a shell that was just started: the programs that it can complete. */
const KNOWN: Readonly<Record<string, (text: string) => string>> = {
  bash: (text) => `${text}\ncomplete -p | sed -n 's/.* ralph-/ralph-/p'`,
  zsh: (text) => `${text}
[ ! -d ~/.zfunc ] || fpath=(~/.zfunc $fpath)
autoload -Uz compinit; compinit -u -D
${text}
print -l \${(k)_comps[(I)ralph-*]}`,
  fish: (text) => `${text}
for one in ${PROGRAMS.join(' ')}; complete -C "$one completion ba" | grep -qx bash; and echo $one; end`,
};

const completing = blocks.filter(({ text }) => text.includes('completion'));

it.for(completing)('has lines after which $shell completes all programs', ({ shell, text }, { skip }) => {
  skip(spawnSync(shell, ['-c', 'true']).status !== 0, `${shell} is missing`);
  const folder = temporaryFolder();
  const env = { ...testEnvironment(programsOnPath(folder)), HOME: folder };
  const { status, stdout, stderr } = spawnSync(shell, ['-c', KNOWN[shell]?.(text) ?? 'false'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  expect({ status, stderr, known: stdout.trim().split('\n').toSorted() }).toEqual({
    status: 0,
    stderr: '',
    known: PROGRAMS.toSorted(),
  });
});

it('has a line that shows a manual page', ({ skip }) => {
  // The man of a system without manual pages says so and nothing else.
  skip(!/^man \d/.test(spawnSync('man', ['--version'], { encoding: 'utf8' }).stdout ?? ''), 'man-db is missing');
  const text = blocks.find((block) => block.text.startsWith('man '))?.text ?? 'false';
  const { status, stdout } = spawnSync('sh', ['-c', text], { cwd: top, env: testEnvironment(), encoding: 'utf8' });
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringContaining('one loop at a time in a repository'),
  });
});

it('has lines for each shell', () => {
  expect(completing.map(({ shell }) => shell)).toEqual(['bash', 'zsh', 'zsh', 'fish']);
});
