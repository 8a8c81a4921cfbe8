import { readlinkSync } from 'node:fs';

/** The number that the kernel gives to the namespace in which it starts. */
const INITIAL = 'pid:[4026531836]';

/** Returns the name of the namespace in which our process numbers mean something; nothing where there are none. */
export function pidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

/** Tells whether we see every process of the machine, not only those of a container. */
export function seesWholeMachine(): boolean {
  return pidNamespace() === INITIAL;
}
