import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { ownGroupFolder } from '../process/cgroup-place.ts';

/** Returns the folder of our own control group where groups can be made below it; nothing elsewhere. */
export function controlGroupFolder(): string | undefined {
  try {
    const own = ownGroupFolder(readFileSync('/proc/self/mountinfo', 'utf8'), readFileSync('/proc/self/cgroup', 'utf8'));
    if (own === undefined) return undefined;
    const probe = join(own, `probe-${process.pid}`);
    mkdirSync(probe);
    rmdirSync(probe);
    return own;
  } catch {
    return undefined;
  }
}
