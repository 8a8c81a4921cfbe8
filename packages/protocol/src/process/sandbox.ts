import { totalmem } from 'node:os';
import { programOnPath } from './find-executable.ts';
import { emptyDescriptor, leftDescriptors } from './left-descriptors.ts';
import type { Repository } from './repository.ts';
import { layoutOf, STATUS_DESCRIPTOR, type Layout, type Place } from './sandbox-layout.ts';
import { readPlace, surroundings } from './sandbox-surroundings.ts';

/** What the user says of a sandbox; paths are real. */
export interface SandboxWishes {
  readonly write: readonly string[];
  readonly read: readonly string[];
  readonly net: 'host' | 'none';
}

/** How bubblewrap is started here. */
export interface SandboxTools {
  /** Absolute: nothing that an agent wrote may be found in its place. */
  readonly bwrap: string;
  /** What keeps mounts that are made later out of the sandbox, where they would come in and could be written. */
  readonly aside: readonly string[];
}

/** A command as it is started to be run in a sandbox. */
export interface Boxed {
  readonly command: readonly string[];
  /** The descriptors behind that of the gate. */
  readonly descriptors: readonly ('pipe' | 'ignore' | number)[];
}

/** What holds for every command, whatever the machine is like. */
const CONFINED = [
  ['--unshare-user', '--unshare-pid', '--unshare-ipc', '--disable-userns'],
  ['--cap-drop', 'ALL', '--die-with-parent', '--new-session'],
  ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
].flat();

/** Root stays the kernel's root: the settings of the machine in there could be written by one without any power. */
const CLOSED = ['--remount-ro', '/proc'];

/** SIGINT asks the command to end, not its sandbox: with that, the time to end would be taken from it. */
const HOLD = `trap '' INT; exec "$@"`;
const LET_GO = ['env', '--default-signal=INT', '/bin/sh', '-c', 'exec "$@"', 'ralph-sandboxed'];

/** Each private folder may take such a part of the memory. */
const PRIVATE_PART = 4;

/** A sandbox of bubblewrap for what is run for one repository. */
export class Sandbox {
  readonly #repo: Required<Repository>;
  readonly #wishes: SandboxWishes;
  readonly #tools: SandboxTools;

  constructor(repo: Required<Repository>, wishes: SandboxWishes, tools: SandboxTools) {
    this.#repo = repo;
    this.#wishes = wishes;
    this.#tools = tools;
  }

  /**
   * Returns what runs a command in the sandbox, in its workspace, which it can write. It is looked at the machine as it
   * is now.
   *
   * @param workspace its real path; without one, nothing of the machine can be written
   * @param reads files of ours that it has to see
   */
  around(command: readonly string[], workspace: string | undefined, reads: readonly string[] = []): Boxed {
    const layout = layoutOf(this.#places(command, workspace, reads), Math.floor(totalmem() / PRIVATE_PART));
    const { bwrap, aside } = this.#tools;
    const net = this.#wishes.net === 'none' ? ['--unshare-net'] : [];
    const status = ['--json-status-fd', String(STATUS_DESCRIPTOR)];
    const box = [...CONFINED, ...net, ...status, ...layout.words, ...CLOSED, '--chdir', workspace ?? '/', '--'];
    return {
      command: ['/bin/sh', '-c', HOLD, 'ralph-sandbox', ...aside, bwrap, ...box, ...LET_GO, ...command],
      descriptors: descriptorsFor(layout),
    };
  }

  #places([program = '']: readonly string[], workspace: string | undefined, reads: readonly string[]): Place[] {
    const { read, write } = this.#wishes;
    const named = program.includes('/') ? program : programOnPath(program);
    const own = workspace === undefined ? write : [...write, workspace];
    return [
      ...surroundings(this.#repo, workspace),
      ...[...read, ...reads].flatMap(readPlace),
      // The user named it: it is seen wherever it is.
      ...(named?.startsWith('/') === true ? readPlace(named) : []),
      ...own.map((path): Place => ({ kind: 'write', path })),
    ];
  }
}

/** In the place of what whoever started us had left open, a folder perhaps, there is an empty file. */
function descriptorsFor({ empties }: Layout): Boxed['descriptors'] {
  const descriptors: Boxed['descriptors'][number][] = ['pipe'];
  for (let count = 0; count < empties; count += 1) descriptors.push(emptyDescriptor());
  for (const left of leftDescriptors()) {
    const index = left - STATUS_DESCRIPTOR;
    if (index < descriptors.length) continue;
    while (descriptors.length < index) descriptors.push('ignore');
    descriptors.push(emptyDescriptor());
  }
  return descriptors;
}
