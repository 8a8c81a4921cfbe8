import { readdirSync } from 'node:fs';
import { git } from './workspace-git.ts';
import type { Workspace } from './workspace.ts';

/** What HEAD, index and tracked files of a workspace are, all at one moment. */
export interface Standing {
  readonly head: string;
  /** The tracked files that differ from HEAD. */
  readonly changed: readonly string[];
  /** Whether a merge, a pick or the like was begun: a commit would take it up. */
  readonly isInMidst: boolean;
}

/** What `git reset --hard` clears away beside the files. */
const BEGUN = new Set([
  'MERGE_HEAD',
  'MERGE_RR',
  'MERGE_MSG',
  'MERGE_MODE',
  'MERGE_AUTOSTASH',
  'AUTO_MERGE',
  'SQUASH_MSG',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'sequencer',
]);

/** Words before the path in a line of `git status --porcelain=v2`, by its first letter. */
const WORDS_BEFORE = new Map([
  ['1', 8],
  ['u', 10],
]);

/** Returns what a workspace stands on, and which of its tracked files are not as there. */
export async function standingOf({ path, gitDir }: Workspace): Promise<Standing> {
  const how = ['--untracked-files=no', '--ignore-submodules=dirty', '--no-renames', '--no-ahead-behind'];
  const out = await git(['status', '--porcelain=v2', '--branch', '-z', ...how], { cwd: path });
  const entries = out.split('\0').filter((entry) => entry !== '');
  const head = entries.find((entry) => entry.startsWith('# branch.oid '))?.slice('# branch.oid '.length) ?? '';
  const changed = entries.flatMap((entry) => {
    const before = WORDS_BEFORE.get(entry[0] ?? '');
    return before === undefined ? [] : [entry.split(' ').slice(before).join(' ')];
  });
  return { head, changed, isInMidst: readdirSync(gitDir).some((name) => BEGUN.has(name)) };
}
