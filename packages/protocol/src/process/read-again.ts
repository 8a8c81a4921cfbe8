import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/**
 * Reads once from an open file. A signal in between, which some file systems of the network or of a process let through,
 * does not end it: everything else Node asks of the system it asks again by itself, and a read it does not.
 *
 * @param from where in the buffer the bytes are to go
 * @param position where in the file they are, in bytes; nothing for where the last read ended
 * @returns how many bytes came, 0 at the end of the file
 * @throws the error of the system
 */
export function readAgain(
  fd: number,
  buffer: Uint8Array,
  from: number,
  length: number,
  position: number | null = null,
): number {
  for (;;) {
    try {
      return readSync(fd, buffer, from, length, position);
    } catch (error) {
      if (!isInterrupted(error)) throw error;
    }
  }
}

/** The same without a wait: a signal in between does not end it either. */
export async function readFrom(
  file: FileHandle,
  buffer: Uint8Array,
  length: number,
  position: number | null = null,
): Promise<number> {
  for (;;) {
    try {
      return (await file.read(buffer, 0, length, position)).bytesRead;
    } catch (error) {
      if (!isInterrupted(error)) throw error;
    }
  }
}

function isInterrupted(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EINTR';
}
