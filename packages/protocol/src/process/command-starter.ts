import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { boundGroup } from './bound-group.ts';
import { ScratchFiles } from './scratch-files.ts';
import { STARTER_BY_PERL } from './starter-by-perl.ts';
import { STARTER_BY_SHELL } from './starter-by-shell.ts';
import type { StarterCommand, StarterKind } from './starter-kind.ts';

export interface StarterCommandEnd {
  readonly stdout: string;
  readonly stderr: string;
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
}

interface Running {
  hasBegun: boolean;
  readonly started: (group: number) => void;
  readonly ended: (status: number | undefined) => void;
}

const PROBE_MS = 5000;

/** Above it, a starter tells of a signal; git itself uses 128 and 129. */
const LAST_STATUS = 129;

/**
 * A small process that starts commands for us. To start a process takes as long as the starter has memory to be copied,
 * which for Node is some milliseconds of its time and for what is small next to none; whoever runs many short commands for
 * many agents has them started here. Each runs in a process group of its own, without a terminal, with its streams in files
 * that have no name, so that nothing is left when we are killed. Linux only.
 */
export class CommandStarter {
  readonly #kind: StarterKind;
  readonly #child: ChildProcess;
  readonly #scratch = new ScratchFiles();
  readonly #running = new Map<number, Running>();
  #numbers = 0;
  #text = '';
  #isGone = false;

  private constructor(kind: StarterKind, env: NodeJS.ProcessEnv) {
    this.#kind = kind;
    this.#child = spawn(kind.program, kind.args, {
      cwd: '/',
      env: kind.environment(env),
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
    });
    this.#child.on('error', () => this.#lose());
    // What it has put around the commands may live on, and tell of their ends: then its stdout stays open.
    this.#child.on('exit', () => (this.#isGone = true));
    this.#child.on('close', () => this.#lose());
    this.#child.stdin?.on('error', () => (this.#isGone = true));
    this.#child.stdout?.setEncoding('latin1').on('data', (text: string) => this.#read(text));
    this.#child.unref();
    this.#hold(false);
    this.#child.stdin?.write(kind.begin(env));
  }

  /**
   * Opens a starter whose commands get this environment: of the kinds given the first that works here; nothing where none
   * does.
   */
  static async open(
    env: NodeJS.ProcessEnv,
    kinds: readonly StarterKind[] = [STARTER_BY_PERL, STARTER_BY_SHELL],
  ): Promise<CommandStarter | undefined> {
    if (process.platform !== 'linux') return undefined;
    for (const kind of kinds) {
      const starter = await CommandStarter.#tried(kind, env);
      if (starter !== undefined) return starter;
    }
    return undefined;
  }

  static async #tried(kind: StarterKind, env: NodeJS.ProcessEnv): Promise<CommandStarter | undefined> {
    let starter: CommandStarter;
    try {
      starter = new CommandStarter(kind, env);
    } catch {
      // The machine has no room for it now; git may be started without it.
      return undefined;
    }
    const probe = { cwd: '/', env: {}, input: 'ready', limitMs: PROBE_MS, signal: undefined };
    const { stdout } = await starter.run({ ...probe, command: ['cat'] });
    if (stdout === 'ready') return starter;
    starter.close();
    return undefined;
  }

  /** Whether it can start anything; once it cannot, it never can again. */
  get isUsable(): boolean {
    return !this.#isGone;
  }

  /** Runs a command; whatever becomes of it is a result. Its group is ended at the limit and on abort. */
  async run(command: StarterCommand): Promise<StarterCommandEnd> {
    const files = this.#scratch.take(command.input);
    const number = (this.#numbers += 1);
    let status: number | undefined;
    try {
      status = await new Promise<number | undefined>((resolve) => {
        const bound = boundGroup(command.limitMs, command.signal, () => this.#giveUp(number));
        const ended = (end: number | undefined) => {
          bound.release(end !== undefined);
          resolve(end);
        };
        this.#running.set(number, { hasBegun: false, started: bound.started, ended });
        if (this.#isGone) return this.#finish(number, undefined);
        this.#hold(true);
        this.#child.stdin?.write(this.#kind.text(number, command, files));
      });
      const exitCode = status === undefined || status > LAST_STATUS ? null : status;
      if (command.onOutput !== undefined) files.readStdout(command.onOutput);
      const stdout = command.onOutput === undefined ? files.stdout() : '';
      return { stdout, stderr: files.stderr(), exitCode };
    } finally {
      // Of a command that was lost nobody knows whether it still writes.
      if (status !== undefined) this.#scratch.giveBack(files);
    }
  }

  /** Ends the starter, once nothing is awaited from it: what still runs would count as lost. */
  close(): void {
    this.#child.stdin?.end();
    this.#isGone = true;
    // One that has been stopped would never see the end of its stdin.
    this.#child.kill('SIGKILL');
    this.#scratch.close();
  }

  #read(text: string): void {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) {
      const [word, number, value] = line.split(' ');
      if (word === 'began') this.#begin(Number(number), Number(value));
      else this.#finish(Number(number), Number(value));
    }
  }

  #begin(number: number, group: number): void {
    const running = this.#running.get(number);
    if (running === undefined) return;
    running.hasBegun = true;
    running.started(group);
  }

  #finish(number: number, status: number | undefined): void {
    const running = this.#running.get(number);
    this.#running.delete(number);
    if (this.#running.size === 0) this.#hold(false);
    running?.ended(status);
  }

  /** Goes on without the end of a command. What it has not begun by now, nobody is to begin later. */
  #giveUp(number: number): void {
    if (this.#running.get(number)?.hasBegun === false) this.#child.kill('SIGKILL');
    this.#isGone = true;
    this.#finish(number, undefined);
  }

  #lose(): void {
    this.#isGone = true;
    for (const number of this.#running.keys()) this.#finish(number, undefined);
  }

  /** It keeps us alive only while something is awaited from it. */
  #hold(isHeld: boolean): void {
    const streams = [this.#child.stdin, this.#child.stdout] as (Socket | null)[];
    for (const stream of streams) {
      if (isHeld) stream?.ref();
      else stream?.unref();
    }
  }
}
