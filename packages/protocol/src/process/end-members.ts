import { DEFAULTS } from '../contract/defaults.ts';
import { signalProcess } from './process-list.ts';
import { livingMembers, type TreeSigns } from './tree-members.ts';

const POLL_MS = 20;

/** Ends every process of a tree: a signal, the grace, SIGKILL. Settles when they are gone or have had their time. */
export async function endMembers(signs: TreeSigns, first: 'SIGINT' | 'SIGTERM'): Promise<void> {
  if (livingMembers(signs).length === 0) return;
  signalMembers(signs, first);
  if (await goneWithin(signs, DEFAULTS.interruptGraceMs)) return;
  signalMembers(signs, 'SIGKILL');
  await goneWithin(signs, DEFAULTS.killGraceMs);
}

/** Sends a signal to every living process of a tree, and does not wait. */
export function signalMembers(signs: TreeSigns, signal: NodeJS.Signals): void {
  const members = livingMembers(signs);
  // The group goes as a whole, so that a fork in this moment does not slip through; its number is only used while a
  // member holds it, since it may be given to a stranger afterwards.
  if (signs.group !== undefined && members.some((member) => member.inGroup)) signalProcess(-signs.group, signal);
  for (const { pid, inGroup } of members) if (!inGroup) signalProcess(pid, signal);
}

async function goneWithin(signs: TreeSigns, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    if (livingMembers(signs).length === 0) return true;
    if (Date.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
