import { spawnSync } from 'node:child_process';
import { launcher } from './holders.ts';

const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] as const;

/**
 * Returns what to put before a command so that rights bind it: nothing for an ordinary user, another user for root;
 * undefined where root cannot be another user, or the other user cannot run our programs.
 */
export function ordinaryUser(): readonly string[] | undefined {
  if (process.getuid?.() !== 0) return [];
  const [program, ...args] = NOBODY;
  return spawnSync(program, [...args, process.execPath, launcher(), '--version']).status === 0 ? NOBODY : undefined;
}

export const NO_ORDINARY_USER = 'root here cannot run the programs as another user';
