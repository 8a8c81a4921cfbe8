import { delimiter, dirname } from 'node:path';

/**
 * Returns an environment in which nobody's own configuration shows: no user's git settings, no colours, no time zone
 * of the machine. Folders given are put in front of PATH.
 */
export function testEnvironment(...folders: readonly string[]): Record<string, string> {
  const path = [...folders, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  return {
    PATH: path,
    HOME: '/nonexistent',
    TMPDIR: process.env['TMPDIR'] ?? '/tmp',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    NO_COLOR: '1',
  };
}
