import { execFileSync } from 'node:child_process';
import { environmentOf, livingProcesses } from './process-list.ts';
import { isStray, type TreeFolder } from './stray.ts';

/** The variable that marks every process of a tree, so that one which left the group is still found. */
export const TREE_MARK = 'RALPH_TREE';

/** What the processes of a tree are known by. */
export interface TreeSigns {
  /** Its leader leads a session as well. Nothing when the tree shares the group of whoever started it. */
  readonly group?: number | undefined;
  /** Its first process, not yet waited for, by which it is found where it has no group. */
  readonly root?: number | undefined;
  /** One element of the comma-separated list in the environment. */
  readonly mark: string;
  readonly folder?: TreeFolder | undefined;
}

export interface TreeMember {
  readonly pid: number;
  readonly inGroup: boolean;
}

/**
 * Returns the living processes of a tree: those in its group or session, its root, those that carry its mark in their
 * environment, those that it let go in its folder, and the descendants of all these (on Linux; elsewhere the group, or
 * the root and its descendants). Zombies are not living.
 */
export function livingMembers({ group, root, mark, folder }: TreeSigns): TreeMember[] {
  if (process.platform !== 'linux') return livingByPs(group, root);
  const all = [...livingProcesses()].filter(({ pid }) => pid !== process.pid);
  const found = all.flatMap(({ pid, stat }): TreeMember[] => {
    const inGroup = stat.group === group;
    const isMember = inGroup || stat.session === group || pid === root || carriesMark(pid, mark);
    return isMember || (folder !== undefined && isStray(pid, stat, folder)) ? [{ pid, inGroup }] : [];
  });
  return [
    ...found,
    ...descendants(
      all.map(({ pid, stat }) => ({ pid, parent: stat.parent })),
      found,
    ),
  ];
}

interface Kin {
  readonly pid: number;
  readonly parent: number;
}

/** A member may have children that carry nothing of the tree themselves. */
function descendants(all: readonly Kin[], members: readonly TreeMember[]): TreeMember[] {
  const known = new Set(members.map(({ pid }) => pid));
  const found: TreeMember[] = [];
  for (let before = -1; before !== known.size;) {
    before = known.size;
    for (const { pid, parent } of all) {
      if (known.has(pid) || !known.has(parent)) continue;
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

function livingByPs(group: number | undefined, root: number | undefined): TreeMember[] {
  const rows = execFileSync('ps', ['-axo', 'pid=,ppid=,pgid=,stat='], { encoding: 'utf8' }).trim().split('\n');
  const all = rows.flatMap((row) => {
    const [pid, parent, pgid, state] = row.trim().split(/\s+/);
    return state?.startsWith('Z') === false ? [{ pid: Number(pid), parent: Number(parent), group: Number(pgid) }] : [];
  });
  const found = all
    .filter((one) => one.pid !== process.pid && (one.group === group || one.pid === root))
    .map((one) => ({ pid: one.pid, inGroup: one.group === group }));
  return root === undefined ? found : [...found, ...descendants(all, found)];
}

/** Returns the marks that we carry ourselves, for the environment of what we start: whoever started us must find what we start. */
export function outerMarks(): string[] {
  const marks = process.env[TREE_MARK] ?? '';
  return /^[0-9a-f.,]+$/.test(marks) ? [marks] : [];
}
