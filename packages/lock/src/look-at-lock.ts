import { hostname } from 'node:os';
import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import { pidNamespace, seesWholeMachine } from '@ralph/protocol/process/pid-namespace';
import { bootId, isAlive, readProcStat } from '@ralph/protocol/process/process-identity';
import { judgeLock, type LockJudgement, type LockSigns } from './judge-lock.ts';
import {
  isInLockTable,
  keepersOf,
  possessionOf,
  seesProcesses,
  type LockKeeper,
  type Possession,
} from './kernel-locks.ts';
import { lockFileKey, type LockFileKey } from './lock-file-key.ts';
import { readRecord } from './lock-record.ts';
import { networkFileSystem } from './network-file-system.ts';

export interface LockView extends LockJudgement {
  /** Who keeps a lock whose holder is unknown, as far as we may look. */
  readonly keepers: readonly LockKeeper[];
  /** What was looked at; nothing when there is no lock file. */
  readonly key: LockFileKey | undefined;
}

/** A taker writes its record within a millisecond or two of winning. */
const SETTLE_MS = 20;
const MOST_LOOKS = 5;

/**
 * Looks at a lock without taking it, so that looking turns nobody away; signals nobody and changes nothing. A lock that
 * seems to have no record is looked at again for a moment, since its holder may be about to write it.
 *
 * @throws an error of the system when the folder may not be searched
 */
export async function lookAtLock(path: string): Promise<LockView> {
  for (let look = 1; ; look += 1) {
    const key = lockFileKey(path);
    if (key === undefined) return { locked: false, evidence: 'kernel', holder: null, keepers: [], key };
    const judgement = judgeLock(signsOf(path, key));
    if (!judgement.locked || judgement.holder !== null) return { ...judgement, keepers: [], key };
    if (look === MOST_LOOKS) return { ...judgement, keepers: keepersOf(key), key };
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  }
}

function signsOf(path: string, key: LockFileKey): LockSigns {
  const inTable = isInLockTable(key);
  const seesAll = inTable !== undefined && key.exact && seesWholeMachine() && networkFileSystem(key) === undefined;
  const inKernel = inTable === false && !seesAll ? keepersOf(key).length > 0 : inTable;
  const record = readRecord(path);
  if (record === undefined) {
    return { inKernel, seesAll, record, recordPlace: 'foreign', alive: false, possession: 'has_not' };
  }
  const recordPlace = placeOf(record);
  const alive = recordPlace === 'here' && mayBeAlive(record);
  return { inKernel, seesAll, record, recordPlace, alive, possession: possession(key, record, recordPlace, seesAll) };
}

/** A record from before the last start of this very machine names a process that is gone: it lives nowhere but here. */
function placeOf(record: LockRecord): LockSigns['recordPlace'] {
  if (record.start_time === undefined || record.boot_id === undefined) return 'foreign';
  const sameMachine = record.boot_id === bootId() || record.host === hostname();
  return sameMachine && record.pid_namespace === pidNamespace() ? 'here' : 'elsewhere';
}

function possession(
  key: LockFileKey,
  record: LockRecord,
  place: LockSigns['recordPlace'],
  seesAll: boolean,
): Possession {
  if (process.platform !== 'linux') return 'not_known';
  if (place === 'here') return mayBeAlive(record) ? possessionOf(record.pid, key) : 'has_not';
  if (place === 'foreign') return record.pid > 0 ? possessionOf(record.pid, key) : 'has_not';
  // Its number means nothing here, but when it began is the same in every container of this machine.
  const began = (pid: number) => readProcStat(pid)?.startTime === record.start_time;
  if (record.boot_id === bootId() && keepersOf(key).some(({ pid }) => began(pid))) return 'has';
  return seesAll ? 'has_not' : 'not_known';
}

/** A process that is not shown to us may be alive. */
function mayBeAlive({ pid, start_time = '', boot_id = '' }: LockRecord): boolean {
  return isAlive({ pid, start_time, boot_id }) || (boot_id === bootId() && !seesProcesses());
}
