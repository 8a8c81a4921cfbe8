import { spawnSync } from 'node:child_process';

/** Root that rights bind as they bind anybody; another user could not come to where root's tests work. */
const POWERLESS = ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] as const;

/**
 * Returns what to put before a command so that rights bind it: nothing for an ordinary user; undefined where root cannot
 * give its powers up.
 */
export function ordinaryUser(): readonly string[] | undefined {
  if (process.getuid?.() !== 0) return [];
  const [program, ...args] = POWERLESS;
  return spawnSync(program, [...args, process.execPath, '--version']).status === 0 ? POWERLESS : undefined;
}

export const NO_ORDINARY_USER = 'root here cannot give its powers up';
