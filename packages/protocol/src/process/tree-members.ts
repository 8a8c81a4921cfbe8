import { execFileSync } from 'node:child_process';
import { bareEnvironment } from './environment.ts';
import { readProcStat } from './process-identity.ts';
import { carriesSign, isUnseen, TREE_MARK } from './carried-sign.ts';
import { livingProcesses, ownLine, type ListedProcess } from './process-list.ts';
import { isStray, type TreeFolder } from './stray.ts';
import { groupMembers } from './tree-group.ts';

/** What the processes of a tree are known by. */
export interface TreeSigns {
  /** The first process of a tree that has a group and a session of its own. */
  readonly leader?: TreeLeader | undefined;
  /** Its first process, not yet waited for, by which it is found where it has no group. */
  readonly root?: number | undefined;
  /** One element of the comma-separated list in the environment. */
  readonly mark?: string | undefined;
  /** `NAME=value` that nobody else has in his environment. */
  readonly variable?: string | undefined;
  readonly folder?: TreeFolder | undefined;
  /** The control group that was made for it. */
  readonly cgroup?: string | undefined;
  /** When it began, as in /proc/PID/stat: what is older carries nothing of it. */
  readonly since?: string | undefined;
  /** Who is never one of them: a person may call us from a shell that an agent started. */
  readonly spared?: ReadonlySet<number> | undefined;
}

export interface TreeLeader {
  readonly pid: number;
  readonly startTime: string;
  /** It is our own child: when it is gone, we have waited for it a moment ago. */
  readonly isOurs: boolean;
}

/** A process as it was seen: its number alone may be that of another a moment later. */
export interface TreeMember {
  readonly pid: number;
  readonly startTime: string;
  readonly inGroup: boolean;
}

/**
 * Returns the living processes of a tree: those in its control group, its group or session, its root, those that carry
 * its mark in their environment, those that it let go in its folder, and the descendants of all these (on Linux;
 * elsewhere the group, or the root and its descendants). Zombies are not living.
 */
export function livingMembers(signs: TreeSigns): TreeMember[] {
  const isForeign = (pid: number) => pid === process.pid || signs.spared?.has(pid) === true;
  if (process.platform !== 'linux') return livingByPs(signs, isForeign);
  if (isUnseen(signs, isForeign)) return [];
  const held = new Set(signs.cgroup === undefined ? [] : groupMembers(signs.cgroup));
  const all = candidates(signs, held).filter(({ pid }) => !isForeign(pid));
  const proven = new Set(
    all.flatMap(({ pid, stat }) =>
      held.has(pid) || pid === signs.root || carriesSign(pid, stat.startTime, signs) ? [pid] : [],
    ),
  );
  const group = heldGroup(all, proven, signs.leader);
  const line = signs.folder === undefined ? undefined : ownLine();
  const found = all.flatMap(({ pid, stat }): TreeMember[] => {
    const inGroup = stat.group === group;
    const isMember = inGroup || stat.session === group || proven.has(pid);
    return isMember || (signs.folder !== undefined && isStray(pid, stat, signs.folder, line))
      ? [{ pid, startTime: stat.startTime, inGroup }]
      : [];
  });
  const kin = all.map(({ pid, stat: { parent, startTime } }) => ({ pid, parent, startTime }));
  return [...found, ...descendants(kin, found)];
}

/** Nobody older than a tree can be one of it, unless it took him into its control group. */
function candidates({ since, root }: TreeSigns, held: ReadonlySet<number>): ListedProcess[] {
  const young = livingProcesses(since);
  if (since === undefined) return young;
  const listed = new Set(young.map(({ pid }) => pid));
  const hasOlder = [...held, ...(root === undefined ? [] : [root])].some((pid) => !listed.has(pid));
  return hasOlder ? livingProcesses() : young;
}

/**
 * Returns the number of the leader's group as long as it is sure to be that of the tree. While anything is in a group,
 * its number is given to nobody; a leader that began at another time is a stranger's.
 */
function heldGroup(
  all: readonly ListedProcess[],
  proven: ReadonlySet<number>,
  leader: TreeLeader | undefined,
): number | undefined {
  if (leader === undefined) return undefined;
  const now = readProcStat(leader.pid);
  if (now !== undefined) return now.startTime === leader.startTime ? leader.pid : undefined;
  const isHeld = all.some(({ pid, stat }) => proven.has(pid) && [stat.group, stat.session].includes(leader.pid));
  return leader.isOurs || isHeld ? leader.pid : undefined;
}

interface Kin {
  readonly pid: number;
  readonly parent: number;
  readonly startTime: string;
}

/** A member may have children that carry nothing of the tree themselves. */
function descendants(all: readonly Kin[], members: readonly TreeMember[]): TreeMember[] {
  const known = new Set(members.map(({ pid }) => pid));
  const found: TreeMember[] = [];
  for (let before = -1; before !== known.size;) {
    before = known.size;
    for (const { pid, parent, startTime } of all) {
      if (known.has(pid) || !known.has(parent)) continue;
      known.add(pid);
      found.push({ pid, startTime, inGroup: false });
    }
  }
  return found;
}

function livingByPs({ leader, root }: TreeSigns, isForeign: (pid: number) => boolean): TreeMember[] {
  const text = execFileSync('ps', ['-axo', 'pid=,ppid=,pgid=,stat=,lstart='], {
    encoding: 'utf8',
    env: { ...bareEnvironment(), LC_ALL: 'C' },
  });
  const all = text
    .trim()
    .split('\n')
    .flatMap((row) => {
      const [, pid, parent, group, state, startTime] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*\S)\s*$/.exec(row) ?? [];
      if (state === undefined || startTime === undefined || state.startsWith('Z') || isForeign(Number(pid))) return [];
      return [{ pid: Number(pid), parent: Number(parent), group: Number(group), startTime }];
    });
  const first = all.find(({ pid }) => pid === leader?.pid);
  const isOurs = first === undefined ? leader?.isOurs === true : first.startTime === leader?.startTime;
  const found = all
    .filter(({ pid, group }) => (isOurs && group === leader?.pid) || pid === root)
    .map(({ pid, group, startTime }) => ({ pid, startTime, inGroup: group === leader?.pid }));
  return root === undefined ? found : [...found, ...descendants(all, found)];
}

/** Returns the marks that we carry ourselves, for the environment of what we start: whoever started us must find what we start. */
export function outerMarks(): string[] {
  const marks = process.env[TREE_MARK] ?? '';
  return /^[0-9a-f.,]+$/.test(marks) ? [marks] : [];
}
