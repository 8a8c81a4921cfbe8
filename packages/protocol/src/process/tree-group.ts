import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bytesOfFile } from './read-open-file.ts';
import { makerOfGroup, nameOfGroup, ownGroupFolder } from './cgroup-place.ts';
import { identityOf, readProcStat } from './process-identity.ts';

/**
 * The control groups (version 2) of the trees of one process, side by side in a group of its own below the one that it
 * is in itself. A process cannot leave its group by a fork, a session, an environment or a folder of its own. No
 * controller is enabled. Where groups cannot be made, there are none, and nobody hears of it.
 */
export class TreeGroups {
  /** Holds the groups of the trees; nothing where none can be made. */
  readonly folder: string | undefined;

  /** @param mark the beginning of the mark that all trees carry */
  constructor(mark: string) {
    this.folder = makeFolder(mark);
  }

  /** Makes the group of a tree, which its first process has to join before it has a child; returns its folder. */
  add(name: string): string | undefined {
    if (this.folder === undefined) return undefined;
    const folder = join(this.folder, name);
    try {
      mkdirSync(folder);
      return folder;
    } catch {
      return undefined;
    }
  }

  /** Removes the groups in which nothing lives any more. */
  close(): void {
    if (this.folder !== undefined) removeGroup(this.folder);
  }
}

function makeFolder(mark: string): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const self = identityOf(process.pid);
  try {
    const own = ownGroupFolder(readFileSync('/proc/self/mountinfo', 'utf8'), readFileSync('/proc/self/cgroup', 'utf8'));
    if (own === undefined || self === undefined) return undefined;
    sweepGroups(own);
    const folder = join(own, nameOfGroup(process.pid, self.start_time, mark));
    mkdirSync(folder);
    return folder;
  } catch {
    // Read-only or not ours to change, as in most containers and sessions.
    return undefined;
  }
}

/** Removes what killed processes have left beside our group; the kernel refuses where something still lives. */
function sweepGroups(own: string): void {
  for (const name of readdirSync(own)) {
    const maker = makerOfGroup(name);
    if (maker !== undefined && readProcStat(maker.pid)?.startTime !== maker.startTime) removeGroup(join(own, name));
  }
}

/** Returns the processes in a group and in the groups below it; none when it is gone. */
export function groupMembers(folder: string): number[] {
  try {
    // Those of another process number space are shown as 0.
    const own = bytesOfFile(join(folder, 'cgroup.procs')).toString().split('\n').map(Number);
    return [...own.filter((pid) => pid > 0), ...subgroups(folder).flatMap(groupMembers)];
  } catch {
    return [];
  }
}

/** Tells whether anything lives in a group or below it. */
export function isPopulated(folder: string): boolean {
  try {
    return bytesOfFile(join(folder, 'cgroup.events')).toString().includes('populated 1');
  } catch {
    return false;
  }
}

/** Kills everything in a group and below it in one step, where the kernel can. */
export function killGroup(folder: string): void {
  try {
    writeFileSync(join(folder, 'cgroup.kill'), '1');
  } catch {
    // Older kernels have no such file: then each is killed by itself.
  }
}

/** Removes a group and those below it, as far as nothing lives in them; never throws. */
export function removeGroup(folder: string): void {
  try {
    for (const below of subgroups(folder)) removeGroup(below);
    rmdirSync(folder);
  } catch {
    // Gone already, or something lives in it: whoever ends that removes it.
  }
}

/** Removes the group of a tree and, when it was the last one, the group that held it. */
export function removeTreeGroup(folder: string): void {
  removeGroup(folder);
  try {
    rmdirSync(dirname(folder));
  } catch {
    // Other trees are in it.
  }
}

function subgroups(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
}
