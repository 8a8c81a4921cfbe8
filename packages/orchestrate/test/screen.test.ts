import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { isLive } from '../src/view/is-live.ts';
import { Screen } from '../src/view/screen.ts';
import { TerminalWriter } from '../src/view/terminal-writer.ts';
import { SmallTerminal } from './support/small-terminal.ts';

const FOOT = ['one', 'two'];

/** A screen that writes into a pipe, from which the test reads what a terminal would be given. */
function pipedScreen(takesErrors = true) {
  const path = join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [path]);
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let isOpen = true;
  const hangUp = () => {
    if (isOpen) closeSync(fd);
    isOpen = false;
  };
  onTestFinished(hangUp);
  const writer = TerminalWriter.open(fd);
  const terminal = new SmallTerminal(80, 1_000_000);
  const look = (more = '') => {
    for (let text = readFrom(fd); text !== ''; text = readFrom(fd)) terminal.write(text);
    terminal.write(asOnTerminal(more));
    return terminal.all;
  };
  const size = () => ({ columns: 80, rows: 24 });
  const parts = { size, takesErrors, isOurs: () => true, onLines: () => {}, elsewhere: 'the log' };
  const screen = writer === undefined ? undefined : new Screen({ writer, ...parts });
  return { screen, look, hangUp };
}

/** Returns what is there to be read, with the ends of lines as a terminal gets them; nothing where there is nothing. */
function readFrom(fd: number): string {
  const buffer = Buffer.alloc(1 << 20);
  try {
    return asOnTerminal(buffer.toString('utf8', 0, readSync(fd, buffer)));
  } catch {
    return '';
  }
}

function asOnTerminal(text: string): string {
  return text.replaceAll('\n', '\r\n');
}

describe('the screen of a run', () => {
  it('shows lines above its foot, in the order in which they came', () => {
    const { screen, look } = pipedScreen();
    screen?.show(() => FOOT);
    expect(look()).toEqual(FOOT);
    expect(screen?.above('a line\n', 'stdout')).toBe(true);
    expect(screen?.above('a note\u001b[2J', 'stderr')).toBe(true);
    screen?.show(() => FOOT);
    expect(look()).toEqual(['a line', 'a note [2J', ...FOOT]);
    expect(screen?.close()).toHaveLength(0);
    expect(look()).toEqual(['a line', 'a note [2J']);
    expect(screen?.above('late\n', 'stdout')).toBe(false);
  });

  it('leaves stderr alone where that goes elsewhere', () => {
    expect(pipedScreen(false).screen?.above('a note\n', 'stderr')).toBe(false);
  });

  it('waits for nobody: frames are left out, lines are kept up to a limit, and how many were not is told', () => {
    const { screen, look } = pipedScreen();
    const line = 'x'.repeat(70);
    const told = Array.from({ length: 20_000 }, (_, number) => `${number} ${line}`);
    for (const text of told) {
      screen?.above(`${text}\n`, 'stdout');
      screen?.show(() => FOOT);
    }
    expect(screen?.show(() => FOOT)).toBe(false);
    const seen = [...look()];
    for (let turn = 0; turn < 20; turn += 1) {
      screen?.show(() => FOOT);
      seen.splice(0, seen.length, ...look());
    }
    expect(seen.slice(-2)).toEqual(FOOT);
    const notice = seen.findIndex((text) => text.startsWith('…'));
    const left = Number(/^… (\d+) lines were not shown: see the log$/.exec(seen[notice] ?? '')?.[1]);
    expect(seen.slice(0, notice)).toEqual(told.slice(0, notice));
    expect(seen.slice(notice + 1, -2)).toEqual(told.slice(notice + left));
    expect(seen.slice(notice + 1, -2).join('\n').length).toBeLessThan(300_000);
  });

  it('gives what the terminal has not taken to whoever may wait for it, at the end', () => {
    const { screen, look } = pipedScreen();
    const told = Array.from({ length: 2000 }, (_, number) => `${number} ${'y'.repeat(70)}`);
    screen?.show(() => FOOT);
    for (const text of told) screen?.above(`${text}\n`, 'stdout');
    screen?.show(() => FOOT);
    const rest = Buffer.from(screen?.close() ?? []).toString();
    expect(look().length).toBeLessThan(told.length);
    expect(look(rest)).toEqual(told);
  });

  it('writes nothing more once nobody is there', () => {
    const { screen, hangUp } = pipedScreen();
    screen?.show(() => FOOT);
    hangUp();
    expect(screen?.show(() => ['other'])).toBe(false);
    expect(screen?.above('a line\n', 'stdout')).toBe(false);
    expect(screen?.close()).toHaveLength(0);
  });
});

describe('isLive', () => {
  const usual = { onTerminal: true, format: 'table', quiet: false, env: { TERM: 'xterm' } };

  it('is so on a terminal where somebody looks, and nowhere else', () => {
    expect(isLive(usual)).toBe(true);
    expect(isLive({ ...usual, env: { TERM: 'xterm', CI: 'false', NO_COLOR: '1' } })).toBe(true);
    const others = [
      { onTerminal: false },
      { format: 'ndjson' },
      { quiet: true },
      { env: {} },
      { env: { TERM: 'dumb' } },
      { env: { TERM: 'xterm', CI: 'true' } },
    ];
    expect(others.map((other) => isLive({ ...usual, ...other }))).toEqual(others.map(() => false));
  });
});
