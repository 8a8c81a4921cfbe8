import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import { builtProgram } from '@ralph/protocol/testing/run-built-program';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { waitUntil } from '@ralph/protocol/testing/wait-until';

export interface TerminalOptions {
  /** Where its files are. */
  readonly folder: string;
  readonly cwd: string;
  /** What `ralph-orchestrate` is given. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
}

/**
 * A terminal of tmux in which `ralph-orchestrate` runs and then says with which status it has ended, and reads a line. A
 * test that needs one is skipped, with the reason, where there is no tmux.
 */
export class TmuxTerminal {
  readonly #socket: string;
  readonly #raw: string;
  readonly #env: Readonly<Record<string, string>>;

  private constructor({ folder, env = {} }: TerminalOptions) {
    this.#socket = join(folder, 'terminal.tmux');
    this.#raw = join(folder, 'terminal.raw');
    this.#env = { ...testEnvironment(), TERM: 'screen-256color', ...env };
  }

  static start(context: TestContext, options: TerminalOptions): TmuxTerminal {
    const body = '"$@"; echo "status $?"; while read -r line; do echo "read $line"; done';
    return TmuxTerminal.startScript(context, options, body);
  }

  /** @param body of a script of sh, which finds the words of the command as its arguments */
  static startScript(context: TestContext, options: TerminalOptions, body: string): TmuxTerminal {
    if (spawnSync('tmux', ['-V']).status !== 0) context.skip('tmux is missing');
    const { folder, cwd, args, columns = 110, rows = 30 } = options;
    const terminal = new TmuxTerminal(options);
    const words = [process.execPath, builtProgram('ralph-orchestrate'), ...args].map((word) => `'${word}'`).join(' ');
    const begin = join(folder, 'terminal.begin');
    // The Ctrl-C of the terminal reaches the script as well.
    const script = `trap : INT
while [ ! -e '${begin}' ]; do sleep 0.02; done
set -- ${terminal.#environmentWords()} ${words}
${body}`;
    const path = join(folder, 'terminal.sh');
    writeFileSync(path, script);
    onTestFinished(() => void spawnSync('tmux', ['-S', terminal.#socket, 'kill-server']));
    const size = ['-x', String(columns), '-y', String(rows)];
    terminal.#tmux('-u', '-f', '/dev/null', 'new-session', '-d', ...size, '-c', cwd, `exec sh '${path}'`);
    terminal.#tmux('pipe-pane', '-o', `cat > '${terminal.#raw}'`);
    writeFileSync(begin, '');
    return terminal;
  }

  /** What it shows now. */
  get screen(): string {
    return this.#tmux('capture-pane', '-p').trimEnd();
  }

  /** What it has shown and not taken away again, from the beginning. */
  get scrolled(): string {
    return this.#tmux('capture-pane', '-p', '-S', '-').trimEnd();
  }

  /** The bytes that were written to it. */
  get raw(): string {
    return readFileSync(this.#raw, 'utf8');
  }

  /** Whether the cursor is to be seen, and whether another screen than the usual one is. */
  get modes(): string {
    return this.#tmux('display-message', '-p', 'cursor #{cursor_flag}, alternate #{alternate_on}').trim();
  }

  /** The processes that the script in it has started and that have not ended. */
  get children(): readonly number[] {
    const script = this.#tmux('display-message', '-p', '#{pane_pid}').trim();
    return execFileSync('pgrep', ['-P', script], { encoding: 'utf8' }).trim().split('\n').map(Number);
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** Types keys as tmux names them: `C-c`, `Enter`, words. */
  type(...keys: readonly string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  async shows(what: string | RegExp): Promise<void> {
    const isThere = (screen: string) => (typeof what === 'string' ? screen.includes(what) : what.test(screen));
    await waitUntil('what is to be seen', () => isThere(this.screen)).catch((error: unknown) => {
      throw new Error(`${String(what)} is not on the terminal:\n${this.scrolled}`, { cause: error });
    });
  }

  /** Waits until the command has ended with a status. */
  ends(status: number): Promise<void> {
    return this.shows(new RegExp(`^(?:\\^C)*status ${status}$`, 'm'));
  }

  /** Takes the terminal away from those that work in it. */
  hangUp(): void {
    this.#tmux('kill-server');
  }

  #environmentWords(): string {
    const words = Object.entries(this.#env).map(([name, value]) => `${name}='${value}'`);
    return ['env', '-i', ...words].join(' ');
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-S', this.#socket, ...args], { env: this.#env, encoding: 'utf8' });
  }
}

/** What a table leaves where it was not taken away: its headings, or its last line. */
export const OF_THE_TABLE = /^TASK +PHASE|^\d+ landed,? \d+ failed,? \d+ blocked|^… \d+ more/m;
