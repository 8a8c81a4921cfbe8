import { openSync, readdirSync, readFileSync } from 'node:fs';

const CLOSED_ON_EXEC = 0o2_000_000;

let found: readonly number[] | undefined;
let empty: number | undefined;

/**
 * Returns the descriptors that every child of ours would inherit: those that whoever started us had left open. What Node
 * opens itself, no child inherits; so it is looked once.
 */
export function leftDescriptors(): readonly number[] {
  found ??= readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => fd > 2 && isInherited(fd))
    .toSorted((a, b) => a - b);
  return found;
}

function isInherited(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSED_ON_EXEC) === 0;
  } catch {
    // The one by which the folder was read.
    return false;
  }
}

/** Returns a descriptor of an empty file, of which a child may have any number; it stays open as long as we live. */
export function emptyDescriptor(): number {
  empty ??= openSync('/dev/null', 'r');
  return empty;
}
