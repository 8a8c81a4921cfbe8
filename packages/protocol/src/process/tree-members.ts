import { execFileSync } from 'node:child_process';
import { environmentOf, livingProcesses, type ListedProcess } from './process-list.ts';
import { isStray, type TreeFolder } from './stray.ts';

/** The variable that marks every process of a tree, so that one which left the group is still found. */
export const TREE_MARK = 'RALPH_TREE';

/** What the processes of a tree are known by. */
export interface TreeSigns {
  /** Its leader leads a session as well. */
  readonly group: number;
  /** One element of the comma-separated list in the environment. */
  readonly mark: string;
  readonly folder?: TreeFolder | undefined;
}

export interface TreeMember {
  readonly pid: number;
  readonly inGroup: boolean;
}

/**
 * Returns the living processes of a tree: those in its group or session, those that carry its mark in their environment,
 * and those that it let go in its folder (on Linux; elsewhere the group alone is known). Zombies are not living.
 */
export function livingMembers({ group, mark, folder }: TreeSigns): TreeMember[] {
  if (process.platform !== 'linux') return livingByPs(group);
  const all = [...livingProcesses()].filter(({ pid }) => pid !== process.pid);
  const found = all.flatMap(({ pid, stat }): TreeMember[] => {
    const inGroup = stat.group === group;
    const isMember = inGroup || stat.session === group || carriesMark(pid, mark);
    return isMember || (folder !== undefined && isStray(pid, stat, folder)) ? [{ pid, inGroup }] : [];
  });
  return [...found, ...descendants(all, found)];
}

/** A member may have children that carry nothing of the tree themselves. */
function descendants(all: readonly ListedProcess[], members: readonly TreeMember[]): TreeMember[] {
  const known = new Set(members.map(({ pid }) => pid));
  const found: TreeMember[] = [];
  for (let before = -1; before !== known.size;) {
    before = known.size;
    for (const { pid, stat } of all) {
      if (known.has(pid) || !known.has(stat.parent)) continue;
      known.add(pid);
      found.push({ pid, inGroup: false });
    }
  }
  return found;
}

function carriesMark(pid: number, mark: string): boolean {
  const variable = environmentOf(pid).find((entry) => entry.startsWith(`${TREE_MARK}=`));
  return (
    variable !== undefined &&
    variable
      .slice(TREE_MARK.length + 1)
      .split(',')
      .includes(mark)
  );
}

function livingByPs(group: number): TreeMember[] {
  const rows = execFileSync('ps', ['-axo', 'pid=,pgid=,stat='], { encoding: 'utf8' }).trim().split('\n');
  return rows.flatMap((row) => {
    const [pid, pgid, state] = row.trim().split(/\s+/);
    return Number(pgid) === group && state?.startsWith('Z') === false ? [{ pid: Number(pid), inGroup: true }] : [];
  });
}
