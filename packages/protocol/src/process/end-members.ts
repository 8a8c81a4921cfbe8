import { DEFAULTS } from '../contract/defaults.ts';
import { identityOf, readProcStat } from './process-identity.ts';
import { signalProcess } from './process-list.ts';
import { groupMembers, isPopulated, killGroup } from './tree-group.ts';
import { livingMembers, type TreeMember, type TreeSigns } from './tree-members.ts';

const POLL_MS = 20;

/** After SIGKILL all are gone within the grace, unless the machine is too busy to let them die. */
const GONE_MS = 10 * DEFAULTS.killGraceMs;

/**
 * Ends every process of a tree: a signal, the grace, SIGKILL until nothing is left.
 *
 * @returns whether there was anything, and whether something still is when they have had their time
 */
export async function endMembers(
  signs: TreeSigns,
  first: 'SIGINT' | 'SIGTERM',
): Promise<{ readonly found: boolean; readonly left: boolean }> {
  const members = livingMembers(signs);
  if (members.length === 0) return { found: false, left: false };
  signal(signs, first, members);
  if (await goneWithin(signs, DEFAULTS.interruptGraceMs)) return { found: true, left: false };
  const kill = (living: readonly TreeMember[]) => signal(signs, 'SIGKILL', living);
  return { found: true, left: !(await goneWithin(signs, GONE_MS, kill)) };
}

/** Sends a signal to every living process of a tree, and does not wait. */
export function signalMembers(signs: TreeSigns, name: NodeJS.Signals): void {
  signal(signs, name, livingMembers(signs));
}

function signal({ leader, cgroup, spared }: TreeSigns, name: NodeJS.Signals, members: readonly TreeMember[]): void {
  // In one step, so that no fork slips through; whoever is to be spared may be in it.
  if (name === 'SIGKILL' && cgroup !== undefined && !groupMembers(cgroup).some((pid) => spared?.has(pid) === true))
    killGroup(cgroup);
  // The group goes as a whole for the same reason; its number is only used while a member that was seen holds it, since
  // it may be given to a stranger afterwards.
  const isSpared = [...(spared ?? [])].some((pid) => readProcStat(pid)?.group === leader?.pid);
  const holds = (member: TreeMember) => member.inGroup && isStill(member);
  const asGroup = leader !== undefined && !isSpared && members.some(holds);
  if (asGroup) signalProcess(-leader.pid, name);
  for (const member of members) {
    if (!(asGroup && member.inGroup) && isStill(member)) signalProcess(member.pid, name);
  }
}

/** Asked right before a signal: the number may have been given to another since the process was seen. */
function isStill({ pid, startTime }: TreeMember): boolean {
  return identityOf(pid)?.start_time === startTime;
}

async function goneWithin(
  signs: TreeSigns,
  limitMs: number,
  onLiving?: (living: readonly TreeMember[]) => void,
): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const isOver = performance.now() >= deadline;
    if (isOver || onLiving !== undefined || !isHeld(signs)) {
      const living = livingMembers(signs);
      if (living.length === 0) return true;
      onLiving?.(living);
    }
    if (isOver) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** What a control group tells is told at once; to look at every process takes longer. */
function isHeld({ cgroup, spared }: TreeSigns): boolean {
  return cgroup !== undefined && spared === undefined && isPopulated(cgroup);
}
