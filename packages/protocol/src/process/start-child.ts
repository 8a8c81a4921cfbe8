import { asIoFailure } from '../contract/failure.ts';

/**
 * Starts a process. Some errors of the system are thrown by spawn itself and tell nothing of what was to be started, where
 * others come as an event: both are then told alike.
 *
 * @throws Failure `io` when the system has no room for another process
 */
export function startChild<T>(name: string, start: () => T): T {
  try {
    return start();
  } catch (error) {
    throw asIoFailure(error, `start ${name}`);
  }
}
