import { spawnSync } from 'node:child_process';
import { environmentOf, livingProcesses } from '../process/process-list.ts';

/** Why tests of the sandbox are skipped where it cannot be made. */
export const NO_SANDBOX = 'no bubblewrap of 0.8 or later here, or no user namespaces';

const TRIAL = ['--unshare-user', '--unshare-pid', '--disable-userns', '--ro-bind', '/', '/', '--proc', '/proc', 'true'];

/** Tells whether bubblewrap can make sandboxes on this machine. */
export function canSandbox(): boolean {
  return spawnSync('bwrap', TRIAL).status === 0;
}

/** Returns the living processes that have a variable in their environment: numbers in a sandbox say nothing outside. */
export function livingWith(variable: string): number[] {
  return [...livingProcesses()].flatMap(({ pid }) => (environmentOf(pid).includes(variable) ? [pid] : []));
}
