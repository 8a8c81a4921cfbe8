import { existsSync, linkSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lightJson } from '@ralph/protocol/contract/light-json';
import * as z from 'zod';
import { isLoopName } from '@ralph/protocol/contract/loop-name';
import { processIdentity, type ProcessIdentity } from '@ralph/protocol/contract/state-file';
import { dropFile } from '@ralph/protocol/process/drop-file';
import { nextFilePath } from '@ralph/protocol/process/next-file';
import { bootId, identityOf } from '@ralph/protocol/process/process-identity';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';

const loopNote = z.looseObject({
  name: z.string().refine(isLoopName),
  /** What is being done with the loop's worktree, or `ready`. */
  phase: z.enum(['making', 'pushing', 'ready', 'removing']),
  base_commit: z.string(),
  made_at: z.string(),
  /** Who is at it; of a `ready` one, who made it. */
  owner: processIdentity,
});

/** What is written down of a second loop before anything is made for it, and until nothing of it is left. */
export type LoopNote = z.infer<typeof loopNote>;

function notesFolder(gitDir: string): string {
  return join(gitDir, 'ralph/loops');
}

function notePath(gitDir: string, name: string): string {
  return join(notesFolder(gitDir), `${name}.json`);
}

/** Returns a note with us as the one who is at it. */
export function ownNote(fields: Omit<LoopNote, 'owner'>): LoopNote {
  const owner: ProcessIdentity = identityOf(process.pid) ?? { pid: process.pid, start_time: '', boot_id: bootId() };
  return { ...fields, owner } as LoopNote;
}

/** Takes a name by writing its note; returns false when it has one already. Of any number at once one gets it. */
export function reserveNote(gitDir: string, note: LoopNote): boolean {
  const path = notePath(gitDir, note.name);
  const next = writeNext(path, note);
  try {
    linkSync(next, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    dropFile(next);
  }
}

/** Replaces the note of a loop in one step. */
export function writeNote(gitDir: string, note: LoopNote): void {
  const path = notePath(gitDir, note.name);
  renameSync(writeNext(path, note), path);
}

/** Forgets a loop. */
export function dropNote(gitDir: string, name: string): void {
  dropFile(notePath(gitDir, name));
}

/** Reads the notes of all loops, in order of their names; one that nobody can read is passed over. */
export function readNotes(gitDir: string): LoopNote[] {
  const folder = notesFolder(gitDir);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^[^.].*\.json$/.test(name)) : [];
  return names.toSorted().flatMap((file) => readNote(gitDir, file.slice(0, -'.json'.length)) ?? []);
}

/** Reads the note of one loop. */
export function readNote(gitDir: string, name: string): LoopNote | undefined {
  try {
    return loopNote.safeParse(lightJson(readTextIfPresent(notePath(gitDir, name)) ?? 'null')).data;
  } catch {
    return undefined;
  }
}

function writeNext(path: string, note: LoopNote): string {
  mkdirSync(dirname(path), { recursive: true });
  const next = nextFilePath(path);
  writeFileSync(next, `${JSON.stringify(note)}\n`);
  return next;
}
