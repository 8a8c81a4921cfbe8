import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { HeldAgent } from './support/held-agent.ts';
import { OF_THE_TABLE, TmuxTerminal } from './support/tmux.ts';

const IDS = ['RQ-0001', 'RQ-0002', 'RQ-0003', 'RQ-0004'];

interface Shown {
  readonly repository: TestRepository;
  readonly agent: HeldAgent;
  readonly terminal: TmuxTerminal;
}

/** A run with four agents that say what they work on and are held, on a terminal. */
function onTerminal(
  context: TestContext,
  { options = [], env = {} }: { options?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Shown {
  const repository = temporaryRepository();
  const { folder, root: cwd } = repository;
  repository.queue(IDS.map((id) => queueTask(id)));
  const agent = new HeldAgent(repository, 'echo "now at $RALPH_TASK_ID"');
  const args = ['run', '--workers', '4', ...options, '--', agent.command];
  return { repository, agent, terminal: TmuxTerminal.start(context, { folder, cwd, args, env }) };
}

function events({ root }: TestRepository, type: string): number {
  const path = join(root, '.ralph/logs/parallel/events.ndjson');
  return existsSync(path) ? readFileSync(path, 'utf8').split(`"type":"${type}"`).length - 1 : 0;
}

async function showsAll(terminal: TmuxTerminal): Promise<void> {
  for (const id of IDS) await terminal.shows(new RegExp(`^${id} +agent +\\d+:\\d\\d .*now at ${id}$`, 'm'));
}

/** Waits for a frame that was drawn in a later second. */
async function showsAnotherTime(terminal: TmuxTerminal): Promise<void> {
  const before = times(terminal);
  await waitUntil('a later time', () => times(terminal) !== before);
}

function times({ screen }: TmuxTerminal): string {
  return (screen.match(/^RQ-0001 +agent +\d+:\d\d/gm) ?? []).join();
}

/** Each line of the table of one task. */
const TABLE_OF_ONE = /^TASK +PHASE|^RQ-0001 +agent +\d|^\d+ landed,/gm;

describe('ralph-orchestrate run on a terminal', () => {
  it('shows a line for each agent, fits into another width and height, and leaves nothing of it behind', async (context) => {
    const { agent, terminal } = onTerminal(context);
    await showsAll(terminal);
    await terminal.shows(/^0 landed, 0 failed, 0 blocked, 0 waiting \| 0:\d\d$/m);
    expect(terminal.screen.match(/^TASK .*$/gm)).toEqual([
      expect.stringMatching(/^TASK +PHASE +TIME +TRAIN +CI +TITLE +LAST LINE$/),
    ]);
    terminal.resize(40, 30);
    await terminal.shows(/^TASK +PHASE +TIME +LAST LINE$/m);
    expect(terminal.screen.match(/^TASK |RQ-0001 +agent +\d|landed/gm)).toHaveLength(3);
    terminal.resize(200, 30);
    await showsAll(terminal);
    expect(terminal.screen.match(/^TASK |RQ-0001 +agent +\d|landed/gm)).toHaveLength(3);
    terminal.resize(200, 6);
    await terminal.shows('… 3 more');
    terminal.resize(200, 40);
    await showsAll(terminal);
    agent.letGo();
    await terminal.ends(0);
    expect(terminal.screen).toContain('completed: 4 landed, 0 blocked, 0 failed');
    expect(terminal.screen).not.toMatch(OF_THE_TABLE);
    expect(terminal.modes).toBe('cursor 1, alternate 0');
  });

  it('scrolls the lines of events above it, each once, and a note between them', async (context) => {
    const { agent, terminal } = onTerminal(context);
    await showsAll(terminal);
    agent.letGo();
    await terminal.ends(0);
    const told = terminal.scrolled;
    expect(told.match(/ run run-/g)).toHaveLength(1);
    expect(told.match(/RQ-000\d +agent started/g)).toHaveLength(4);
    expect(told.match(/RQ-000\d +landed as/g)).toHaveLength(4);
    expect(told).not.toMatch(OF_THE_TABLE);
  });

  it('ends by Ctrl-C with 130, a clean terminal, and a shell that can be used', async (context) => {
    const { terminal } = onTerminal(context);
    await showsAll(terminal);
    terminal.type('C-c');
    await terminal.ends(130);
    terminal.type('hello', 'Enter');
    await terminal.shows(/^read hello$/m);
    expect(terminal.scrolled).toContain('stopping: the agents are ended and their work is kept');
    expect(terminal.scrolled).not.toMatch(OF_THE_TABLE);
    expect(terminal.modes).toBe('cursor 1, alternate 0');
  });

  it('takes the table away when a second Ctrl-C kills it', async (context) => {
    const repository = temporaryRepository();
    const { folder, root: cwd } = repository;
    repository.queue([queueTask('RQ-0001')]);
    const agent = scriptedCommand(folder, 'agent', `trap '' INT TERM; echo deaf; while :; do sleep 1; done`);
    const terminal = TmuxTerminal.start(context, { folder, cwd, args: ['run', '--', agent] });
    await terminal.shows(/^RQ-0001 +agent.* deaf$/m);
    terminal.type('C-c');
    await terminal.shows('once more kills at once');
    terminal.type('C-c');
    await terminal.ends(130);
    expect(terminal.scrolled).not.toMatch(OF_THE_TABLE);
    expect(terminal.modes).toBe('cursor 1, alternate 0');
  });

  it('takes the table away for Ctrl-Z and shows it again, once, when it goes on', async (context) => {
    const repository = temporaryRepository();
    const { folder, root: cwd } = repository;
    repository.queue([queueTask('RQ-0001')]);
    const agent = new HeldAgent(repository, 'echo at work');
    // A shell with jobs: the other one would have nobody to continue what was stopped.
    const jobs = 'set -m; "$@"; echo stopped; read -r line; fg; echo "ended $?"; read -r line';
    const terminal = TmuxTerminal.startScript(context, { folder, cwd, args: ['run', '--', agent.command] }, jobs);
    await terminal.shows(/^RQ-0001 +agent .* at work$/m);
    terminal.type('C-z');
    await terminal.shows(/^stopped$/m);
    expect(terminal.screen).not.toMatch(OF_THE_TABLE);
    terminal.type('Enter');
    await terminal.shows(/^RQ-0001 +agent .* at work$/m);
    await showsAnotherTime(terminal);
    await showsAnotherTime(terminal);
    expect(terminal.scrolled.match(TABLE_OF_ONE)).toHaveLength(3);
    agent.letGo();
    await terminal.shows(/^ended 0$/m);
    expect(terminal.scrolled).not.toMatch(OF_THE_TABLE);
  });

  it('writes over nothing that came while it was stopped from outside', async (context) => {
    const repository = temporaryRepository();
    const { folder, root: cwd } = repository;
    repository.queue([queueTask('RQ-0001')]);
    const agent = new HeldAgent(repository, 'echo at work');
    const jobs =
      'set -m; "$@"; echo; echo stopped; read -r line; printf "1\\n2\\n3\\n4\\n"; fg >/dev/null; echo "ended $?"; read -r line';
    const terminal = TmuxTerminal.startScript(context, { folder, cwd, args: ['run', '--', agent.command] }, jobs);
    await terminal.shows(/^RQ-0001 +agent .* at work$/m);
    for (const pid of terminal.children) process.kill(pid, 'SIGSTOP');
    await terminal.shows(/^stopped$/m);
    const at = Date.now();
    await waitUntil('the next frame is overdue', () => Date.now() > at + 1500);
    terminal.type('Enter');
    await terminal.shows(/^4\nTASK .*\nRQ-0001 +agent .* at work$/m);
    await showsAnotherTime(terminal);
    expect(terminal.screen).toMatch(/^1\n2\n3\n4\nTASK .*\nRQ-0001 .*\n0 landed.*$/m);
    agent.letGo();
    await terminal.shows(/^ended 0$/m);
  });

  it('takes the table away before it tells an error', async (context) => {
    const { repository, agent, terminal } = onTerminal(context);
    await showsAll(terminal);
    repository.write('.ralph/queue.jsonc', '{"version":1,');
    agent.letGo();
    await terminal.ends(65);
    expect(terminal.scrolled).toMatch(/^ralph-orchestrate: .*queue\.jsonc/m);
    expect(terminal.scrolled).not.toMatch(OF_THE_TABLE);
  });

  it('goes on while the terminal is stopped by Ctrl-S, and tells everything after Ctrl-Q', async (context) => {
    const { repository, agent, terminal } = onTerminal(context);
    await showsAll(terminal);
    terminal.type('C-s');
    agent.letGo();
    await waitUntil('all have landed', () => events(repository, 'task.completed') === 4);
    expect(terminal.screen).not.toContain('landed as');
    terminal.type('C-q');
    await terminal.ends(0);
    expect(terminal.scrolled.match(/RQ-000\d +landed as/g)).toHaveLength(4);
    expect(terminal.scrolled).not.toMatch(OF_THE_TABLE);
  });

  it('ends in order when the terminal is gone', async (context) => {
    const { repository, terminal } = onTerminal(context);
    await showsAll(terminal);
    terminal.hangUp();
    await waitUntil('the run has ended', () => events(repository, 'run.finished') === 1);
    expect(readFileSync(join(repository.root, '.ralph/logs/parallel/events.ndjson'), 'utf8')).toContain(
      '"interrupted"',
    );
  });

  it('lets no title and no output of an agent move, colour or turn anything', async (context) => {
    const repository = temporaryRepository();
    const { folder, root: cwd } = repository;
    const title = 'red \u001b[31m \u001b]0;owned\u0007 \u202eback\u2066 \u009b2J \u200bend';
    repository.queue([queueTask('RQ-0001', { title })]);
    const said = String.raw`one\r\033[2J\033[1;1H\033]0;owned\007two \342\200\256three \302\2332J end\n`;
    const agent = scriptedCommand(
      folder,
      'agent',
      `while [ ! -e '${folder}/go' ]; do printf '${said}'; sleep 0.2; done; printf '${said}'; exit 3`,
    );
    const terminal = TmuxTerminal.start(context, { folder, cwd, args: ['run', '--', agent] });
    await terminal.shows(/^RQ-0001 +agent .* end$/m);
    repository.write('../go', '');
    await terminal.ends(2);
    // eslint-disable-next-line no-control-regex
    const others = terminal.raw.replace(/\u001B\[(?:\d+[AB]|[JK])|[\r\n]/g, '');
    const strange = others.match(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu);
    expect(strange).toBeNull();
    expect(terminal.raw).toContain('back');
    expect(terminal.raw).toContain('three');
  });

  it.for<[string, readonly string[], Record<string, string>]>([
    ['--no-live', ['--no-live'], {}],
    ['TERM=dumb', [], { TERM: 'dumb' }],
    ['CI', [], { CI: 'true' }],
    ['--quiet', ['--quiet'], {}],
  ])('prints plain lines alone with %s', async ([, options, env], context) => {
    const { agent, terminal } = onTerminal(context, { options, env });
    await waitUntil('all agents run', () => agent.begun.length === 4);
    agent.letGo();
    await terminal.ends(0);
    expect(terminal.raw).toContain('landed as');
    expect(terminal.raw).not.toContain('\u001B');
    expect(terminal.raw).not.toMatch(OF_THE_TABLE);
  });
});
