import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SHELLS } from '@ralph/protocol/cli/completion/shells';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { Completions, programsOnPath } from './support/completions.ts';
import { TmuxTerminal } from './support/tmux.ts';

const RECORDS = ['RQ-0001', 'RQ-0002'];

/** Two records in the state file, three tasks in the queue, and branches, one of which no shell must ever read as words. */
function knownRepository() {
  const repository = temporaryRepository();
  const record = (task_id: string) => ({ task_id, lifecycle: 'failed', started_at: '2026-01-01T00:00:00Z' });
  const state = { schema_version: 3, started_at: '', target_branch: 'main', workers: RECORDS.map(record) };
  repository.write('.ralph/cache/parallel/state.json', JSON.stringify(state));
  const third = { title: 'say "id":"RQ-9999" and \\"id\\":\\"RQ-9998\\"' };
  repository.queue([queueTask('RQ-0001'), queueTask('RQ-0002'), { ...third, ...queueTask('RQ-0003', third) }]);
  repository.git('branch', 'feature/login');
  repository.git('branch', 'user@host/fix');
  repository.git('branch', 'a=b');
  repository.git('branch', 'x$(touch${IFS}taken)');
  repository.git('branch', 'x;touch${IFS}taken');
  return repository;
}

/** Lines as they stand when Tab is typed, and what is offered for their last word. */
const OFFERED: readonly [string, readonly string[]][] = [
  ['ralph-lock ', ['completion', 'exit-codes', 'help', 'hold', 'read', 'run', 'status']],
  ['ralph-lock r', ['read', 'run']],
  ['ralph-lock --quiet st', ['status']],
  ['ralph-state task ', ['add', 'archive', 'import', 'init', 'list', 'next', 'validate']],
  ['ralph-orchestrate run --sand', ['--sandbox', '--sandbox-net', '--sandbox-read', '--sandbox-write']],
  ['ralph-orchestrate run --sandbox ', ['bwrap', 'none']],
  ['ralph-worker run --sandbox=', ['bwrap', 'none']],
  ['ralph-worker run --sandbox=b', ['bwrap']],
  ['ralph-lock run --name one --na', []],
  ['ralph-state task next --exclude RQ-0001 --ex', ['--exclude']],
  ['ralph-state get ', RECORDS],
  ['ralph-state --repo ../repo get RQ-0002', ['RQ-0002']],
  ['ralph-state get RQ-0001 RQ', []],
  ['ralph-worker logs RQ', RECORDS],
  ['ralph-orchestrate retry RQ-0001 RQ-0002', ['RQ-0002']],
  ['ralph-state task archive ', [...RECORDS, 'RQ-0003']],
  ['ralph-state task add --title x --depends-on=', [...RECORDS, 'RQ-0003']],
  ['ralph-orchestrate run --target-branch ', ['a=b', 'feature/login', 'main', 'user@host/fix']],
  ['ralph-integrate one RQ-0001 --remote ', ['origin']],
  ['ralph-orchestrate config parallel.land', ['parallel.landing', 'parallel.landing_scopes']],
  ['ralph-state schema task-rec', ['task-record']],
  ['ralph-orchestrate run --agent cl', ['claude']],
  ['ralph-orchestrate prompt show RQ-0003', ['RQ-0003']],
  ['ralph-lock run --conflict-exit-code ', []],
  ['ralph-lock run --wait 5 --na', ['--name']],
  ['ralph-state completion ', ['bash', 'fish', 'zsh']],
  ['ralph-lock help ', ['completion', 'exit-codes', 'hold', 'read', 'run', 'status']],
  ['ralph-state help task a', ['add', 'archive']],
  ['ralph-state help get RQ', []],
  ['ralph-state help get --fo', ['--format']],
];

describe.each(SHELLS)('completion in %s', (shell) => {
  it('offers commands, options, choices and what the repository has', (context) => {
    const { folder, root } = knownRepository();
    const completions = Completions.of(context, shell, folder);
    const lines = OFFERED.map(([line]) => line);
    const { words, stderr } = completions.offered(lines, root);
    expect(words.map((each, index) => [lines[index], each])).toEqual(OFFERED);
    expect(stderr).toBe('');
    expect(existsSync(join(root, 'taken'))).toBe(false);
  });

  it('completes a command behind -- and offers no ids outside a repository, without a word', (context) => {
    const folder = temporaryFolder();
    const completions = Completions.of(context, shell, folder);
    const lines = [
      'ralph-lock run -- ralph-orch',
      'ralph-state get ',
      'ralph-worker stop ',
      'ralph-worker run --target-branch ',
    ];
    expect(completions.offered(lines, folder)).toEqual({ words: [['ralph-orchestrate'], [], [], []], stderr: '' });
  });

  it('is a script without a mistake for each program', (context) => {
    expect(Completions.of(context, shell, temporaryFolder()).mistakes()).toBe('');
  });
});

it('completes in bash whatever is set there', (context) => {
  const { folder, root } = knownRepository();
  const completions = Completions.of(context, 'bash', folder);
  const lines = ['ralph-state get ', 'ralph-worker run --sandbox=', 'ralph-lock run --na'];
  for (const flags of [['--posix'], ['-O', 'extglob', '-O', 'failglob'], ['-O', 'nullglob', '-O', 'nocasematch']])
    expect(completions.offered(lines, root, flags)).toEqual({
      words: [RECORDS, ['bwrap', 'none'], ['--name']],
      stderr: '',
    });
});

it('completes in bash on a terminal: an id, a file, a folder, and what is behind a character at which bash cuts', async (context) => {
  const { folder, root } = knownRepository();
  for (const name of ['of two words', 'a:b', '$x']) symlinkSync(root, join(folder, name));
  const env = {
    PATH: `${programsOnPath(folder)}:${process.env['PATH']}`,
    HOME: folder,
    HISTFILE: '/dev/null',
    PS1: '> ',
  };
  const script = `for one in lock state orchestrate; do eval "$(ralph-$one completion bash)"; done; PS1='> '`;
  const options = { folder, cwd: root, args: [], env };
  const terminal = TmuxTerminal.startScript(context, options, 'exec bash --norc --noprofile -i');
  terminal.type(script, 'Enter', 'C-l');
  await terminal.shows(/^> ?$/);
  for (const [typed, shown] of [
    ['ralph-state get RQ-0001', '> ralph-state get RQ-0001 x'],
    ['ralph-orchestrate run --metrics-file REA', '> ralph-orchestrate run --metrics-file README.md x'],
    ['ralph-orchestrate run --workspace-root .ral', '> ralph-orchestrate run --workspace-root .ralph/x'],
    ['ralph-orchestrate run --sandbox=b', '> ralph-orchestrate run --sandbox=bwrap x'],
    ['ralph-lock run -- ralph-orch', '> ralph-lock run -- ralph-orchestrate x'],
    ['ralph-orchestrate run --target-branch user@h', '> ralph-orchestrate run --target-branch user@host/fix x'],
    ['ralph-orchestrate run --target-branch=user@', '> ralph-orchestrate run --target-branch=user@host/fix x'],
    ['ralph-state --repo ../a:b get RQ-0002', '> ralph-state --repo ../a:b get RQ-0002 x'],
    ["ralph-state --repo='../of two words' get RQ-0002", "> ralph-state --repo='../of two words' get RQ-0002 x"],
    ['ralph-state --repo ../of\\ "two words" get RQ-0002', '> ralph-state --repo ../of\\ "two words" get RQ-0002 x'],
    ['ralph-state --repo ~/a:b get RQ-0002', '> ralph-state --repo ~/a:b get RQ-0002 x'],
    ['ralph-state --repo ../$x get RQ-0002', '> ralph-state --repo ../$x get RQ-0002x'],
  ] as const) {
    terminal.type(typed, 'Tab', 'x');
    await terminal.shows(shown);
    terminal.type('C-u');
  }
  expect(terminal.scrolled).not.toContain('rror');
  terminal.type('exit', 'Enter');
});
