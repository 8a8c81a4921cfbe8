import { stat } from 'node:fs';

const EVERY_MS = 5000;

/**
 * Gives Node's thread pool something small to do every five seconds, without keeping the process alive. In glibc before
 * 2.41 a thread that waits on a condition can miss its wake-up (bug 25847); a file operation then stays in the queue of
 * the pool for ever, and the next one gets both done.
 */
export function keepPoolAwake(): void {
  setInterval(() => stat('/', () => {}), EVERY_MS).unref();
}
