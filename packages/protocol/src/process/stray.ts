import { readlinkSync } from 'node:fs';
import type { ProcStat } from './process-identity.ts';
import { environmentOf, ownLine } from './process-list.ts';

/** A folder that a tree has for itself, and where in time the tree began (as in /proc/PID/stat). */
export interface TreeFolder {
  /** Real path. */
  readonly path: string;
  readonly since: string;
}

/** What every process of a person's session has in its environment, and one whose environment was cleared has not. */
export const PERSONAL_VARIABLES = [
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XDG_SESSION_ID',
  'XDG_RUNTIME_DIR',
  'SSH_CONNECTION',
  'TERM_PROGRAM',
  'VSCODE_PID',
  'VSCODE_IPC_HOOK_CLI',
] as const;

const PERSONAL = new RegExp(`^(?:${PERSONAL_VARIABLES.join('|')})=`);

/**
 * Tells whether a process that carries no mark of ours is all the same one that a tree let go: it works in the tree's
 * folder, began after the tree, has no terminal, was left to init or to whoever adopts orphans here, and has nothing of
 * a person's session about it. An editor or a shell that somebody has opened in the folder is none.
 *
 * @param line we and our ancestors, for whoever asks about many
 */
export function isStray(
  pid: number,
  stat: ProcStat,
  folder: TreeFolder,
  line: ReadonlySet<number> = ownLine(),
): boolean {
  if (stat.terminal !== 0 || Number(stat.startTime) < Number(folder.since)) return false;
  if (line.has(pid) || (stat.parent !== 1 && (stat.parent === process.pid || !line.has(stat.parent)))) return false;
  return worksIn(pid, folder.path) && !environmentOf(pid).some((entry) => PERSONAL.test(entry));
}

/** Tells whether a process works in a folder, also when that was removed meanwhile. */
export function worksIn(pid: number, folder: string): boolean {
  try {
    const cwd = readlinkSync(`/proc/${pid}/cwd`);
    return cwd === folder || cwd === `${folder} (deleted)` || cwd.startsWith(`${folder}/`);
  } catch {
    // Gone in the meantime, or of another user: not one of ours.
    return false;
  }
}
