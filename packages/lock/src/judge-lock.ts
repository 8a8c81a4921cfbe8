import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import type { Possession } from './kernel-locks.ts';

/** What is known of a lock before a judgement. */
export interface LockSigns {
  /** Whether the kernel names a lock on the file; nothing where it cannot be asked. */
  readonly inKernel: boolean | undefined;
  /** Whether the kernel shows us every lock that there can be: not in a container, nor on a shared file system. */
  readonly seesAll: boolean;
  readonly record: LockRecord | undefined;
  /** Where the process lives that the record names: foreign when the record does not tell. */
  readonly recordPlace: 'here' | 'elsewhere' | 'foreign';
  /** Whether that very process is alive; only known of one that lives here. */
  readonly alive: boolean;
  /** Whether that process has the lock, by the kernel's word. */
  readonly possession: Possession;
}

export interface LockJudgement {
  readonly locked: boolean;
  /** By what that is known: the kernel, the record where the kernel cannot see, or by nothing at all. */
  readonly evidence: 'kernel' | 'record' | 'none';
  readonly holder: LockRecord | null;
}

/**
 * Judges whether a lock is held and by whom. A record is never believed for its number alone: the process that it names
 * must be the very one that wrote it and, where the kernel can tell, have the lock.
 */
export function judgeLock(signs: LockSigns): LockJudgement {
  const { inKernel, seesAll, record, possession } = signs;
  if (inKernel === true || possession === 'has') {
    return { locked: true, evidence: 'kernel', holder: isHolder(signs) ? (record ?? null) : null };
  }
  if (seesAll) return { locked: false, evidence: 'kernel', holder: null };
  if (record === undefined || (signs.recordPlace === 'foreign' && record.state !== 'released')) {
    return { locked: false, evidence: 'none', holder: null };
  }
  const claims = record.state === 'held' && claimStands(signs);
  return { locked: claims, evidence: 'record', holder: claims ? record : null };
}

function isHolder(signs: LockSigns): boolean {
  if (signs.record === undefined || signs.record.state === 'released') return false;
  return signs.possession === 'has' || claimStands(signs);
}

/** Whether what the record claims may be so, for all that we can see. */
function claimStands({ recordPlace, alive, possession }: LockSigns): boolean {
  return possession === 'not_known' && (recordPlace === 'elsewhere' || (recordPlace === 'here' && alive));
}
