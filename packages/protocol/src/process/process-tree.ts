import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { asIoFailure } from '../contract/failure.ts';
import type { ProcessIdentity } from '../contract/state-file.ts';
import { identityOf } from './process-identity.ts';
import { endMembers, signalMembers } from './end-members.ts';
import { TREE_MARK } from './carried-sign.ts';
import { outerMarks, type TreeSigns } from './tree-members.ts';
import { OrphanWatcher } from './orphan-watcher.ts';
import type { Sandbox } from './sandbox.ts';
import { endInSandbox, type CommandEnd } from './sandbox-end.ts';
import { startChild } from './start-child.ts';
import { removeGroup, TreeGroups } from './tree-group.ts';

/** Why a tree ended; the first cause wins. */
export type TreeEndCause = 'exited' | 'timeout' | 'idle_timeout' | 'cancelled';

export interface TreeEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly cause: TreeEndCause;
}

export interface TreeOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  /** A folder that the tree has for itself, by which processes are found that carry nothing else of it. */
  readonly folder?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Descriptors for the standard streams; output goes to a file, never through our memory. */
  readonly stdin: number | 'ignore';
  readonly stdout: number;
  readonly stderr: number;
  /** In what the command is locked; its folder is then the one that it can write. */
  readonly sandbox?: Sandbox | undefined;
  /** Files of ours that it has to see in there. */
  readonly reads?: readonly string[];
}

/**
 * The command waits for a line on descriptor 3 before it runs; the end of it means that we died first. It joins its
 * control group itself, since the kernel lets whoever moves a process wait for some milliseconds.
 */
const GATE = [
  '[ -z "$1" ] || { echo 0 >"$1/cgroup.procs"; } 2>/dev/null',
  'shift',
  'read -r _ <&3 || exit 125',
  'exec 3<&-',
  'exec "$@"',
].join('; ');

/**
 * The process trees that this process has started: each in a session of its own, marked through its environment, and
 * ended as a whole. A watcher ends them when we are killed.
 */
export class ProcessTrees {
  readonly #mark = randomBytes(8).toString('hex');
  readonly #trees = new Set<ProcessTree>();
  #groups: TreeGroups | undefined;
  #watcher: OrphanWatcher | undefined;

  /**
   * Makes a process that waits for `release` before it runs the command. Until then it can be recorded; nothing of
   * the command has run.
   */
  async start(options: TreeOptions): Promise<ProcessTree> {
    this.#groups ??= new TreeGroups(this.#mark);
    this.#watcher ??= new OrphanWatcher(this.#mark, this.#groups.folder);
    const name = randomBytes(4).toString('hex');
    const mark = `${this.#mark}.${name}`;
    const cgroup = this.#groups.add(name);
    const boxed = options.sandbox?.around(options.command, realpathSync(options.cwd), options.reads);
    // By its full name: with a PATH that counts from the folder, an agent could have put another there.
    const child = startChild('a process', () =>
      spawn('/bin/sh', ['-c', GATE, 'ralph-gate', cgroup ?? '', ...(boxed?.command ?? options.command)], {
        cwd: options.cwd,
        env: { ...options.env, [TREE_MARK]: [...outerMarks(), mark].join(',') },
        detached: true,
        stdio: [options.stdin, options.stdout, options.stderr, 'pipe', ...(boxed?.descriptors ?? [])],
      }),
    );
    const ended = boxed === undefined ? endOf(child) : endInSandbox(child, endOf(child));
    const pid = child.pid;
    const identity = pid === undefined ? undefined : identityOf(pid);
    if (pid === undefined || identity === undefined)
      throw asIoFailure(await ended.then(endedAtOnce, (error: unknown) => error), 'start a process');
    const watcher = this.#watcher;
    const path = options.folder === undefined ? undefined : realpathSync(options.folder);
    watcher.add(pid, identity.start_time, path);
    const since = identity.start_time;
    const folder = path === undefined ? undefined : { path, since };
    const leader = { pid, startTime: since, isOurs: true };
    const tree = new ProcessTree({ child, identity, signs: { leader, mark, folder, cgroup, since }, ended });
    this.#trees.add(tree);
    const forget = () => {
      this.#trees.delete(tree);
      watcher.remove(pid);
    };
    // Whoever started it hears of a failure.
    void tree.finished.then(forget, forget);
    return tree;
  }

  /** Ends every tree side by side, within the grace and a little more. */
  async endAll(): Promise<void> {
    await Promise.all([...this.#trees].map((tree) => tree.end('cancelled')));
    this.#groups?.close();
    this.#groups = undefined;
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  /** Kills every tree at once, without waiting. */
  killAll(): void {
    for (const tree of this.#trees) tree.kill();
  }
}

interface TreeParts {
  readonly child: ChildProcess;
  readonly identity: ProcessIdentity;
  readonly signs: TreeSigns & { readonly mark: string };
  readonly ended: Promise<CommandEnd>;
}

export class ProcessTree {
  readonly identity: ProcessIdentity;
  /** Settles when the command has ended and nothing of its tree is left; fails where no sandbox could be made for it. */
  readonly finished: Promise<TreeEnd>;
  readonly #parts: TreeParts;
  #cause: TreeEndCause | undefined;
  #ending: Promise<void> | undefined;
  #isGone = false;

  constructor(parts: TreeParts) {
    this.#parts = parts;
    this.identity = parts.identity;
    this.finished = parts.ended.then(async ({ code, signal, failure }) => {
      const cause = this.#cause ?? 'exited';
      await this.#endTree();
      if (failure !== undefined && cause === 'exited') throw failure;
      return { exitCode: code, signal, cause };
    });
    // A caller may end the tree without ever waiting for it.
    this.finished.catch(() => {});
  }

  get pid(): number {
    return this.identity.pid;
  }

  /** By what others find it when we are gone: the mark in its environment, and its control group where it has one. */
  get signs(): { readonly mark: string; readonly cgroup?: string | undefined } {
    return this.#parts.signs;
  }

  /** Whether it was seen that nothing of it lives any more. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Lets the command run. */
  release(): void {
    const gate = this.#parts.child.stdio[3] as Writable;
    gate.on('error', () => {});
    gate.end('go\n');
  }

  /** Ends the whole tree: SIGINT, the grace, SIGKILL. Settles when it is gone. */
  async end(cause: TreeEndCause): Promise<void> {
    this.#cause ??= cause;
    await this.#endTree();
    await this.finished;
  }

  /** Sends SIGKILL to the whole tree and does not wait. */
  kill(): void {
    signalMembers(this.#parts.signs, 'SIGKILL');
  }

  #endTree(): Promise<void> {
    this.#ending ??= this.#endMembers();
    return this.#ending;
  }

  async #endMembers(): Promise<void> {
    const { signs } = this.#parts;
    const { left } = await endMembers(signs, 'SIGINT');
    this.#isGone = !left;
    if (signs.cgroup !== undefined) removeGroup(signs.cgroup);
  }
}

/** Somebody has ended it before it could be looked at. */
function endedAtOnce({ code, signal, failure }: CommandEnd): Error {
  return failure ?? new Error(`it was ended at once (${signal ?? `status ${code}`})`);
}

function endOf(child: ChildProcess): Promise<CommandEnd> {
  const ended = new Promise<CommandEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve({ code, signal }));
  });
  ended.catch(() => {});
  return ended;
}
