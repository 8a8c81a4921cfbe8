import { Failure } from '@ralph/protocol/contract/failure';
import type { PreflightFinding } from '@ralph/protocol/contract/preflight-report';
import { requireExecutable } from '@ralph/protocol/process/find-executable';
import { checked } from '@ralph/protocol/process/findings';
import { describeHolder } from './describe-holder.ts';
import { lookAtLock, type LockView } from './look-at-lock.ts';
import { networkFileSystem, networkWarning } from './network-file-system.ts';

/** Returns what a run should know of its lock: whether it could be taken now, and how good it is where it lies. */
export async function lockReport(path: string): Promise<readonly PreflightFinding[]> {
  const lock = await checked(
    'loop_lock',
    async () => {
      requireLockProgram();
      return lookAtLock(path);
    },
    (view) => {
      const facts = { locked: view.locked, holder: view.holder, path };
      if (!view.locked) return { message: 'the loop lock is free', facts };
      return {
        level: 'warning',
        message: `a run is at work here: the loop lock is held by ${describeHolder(view)}`,
        hint: 'ralph-state status  # a further run ends with 75, or waits with --on-busy wait',
        facts,
      };
    },
  );
  return lock.value === undefined ? [lock.finding] : [lock.finding, fileSystemOf(lock.value)];
}

function fileSystemOf({ key }: LockView): PreflightFinding {
  const network = key === undefined ? undefined : networkFileSystem(key);
  if (network === undefined)
    return { check: 'file_systems', level: 'ok', message: 'the lock file is on a file system of this machine' };
  const facts = { file_system: network.fileSystem };
  return { check: 'file_systems', level: 'warning', message: networkWarning(network), facts };
}

/** macOS and the BSDs lock a file as they open it; elsewhere a small program does it for us. */
function requireLockProgram(): void {
  if (process.platform === 'darwin' || process.platform === 'freebsd') return;
  const isThere = (name: string) => {
    try {
      requireExecutable(name, process.cwd());
      return true;
    } catch {
      return false;
    }
  };
  if (isThere('flock') || isThere('perl')) return;
  throw new Failure('lock_unavailable', 'cannot lock: neither flock(1) nor perl was found', {
    hint: 'install util-linux (it has flock) or perl',
  });
}
