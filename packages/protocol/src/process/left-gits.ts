import { readlinkSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { DEFAULTS } from '../contract/defaults.ts';
import { NO_GRAFTS } from './git.ts';
import { isAlive, identityOf } from './process-identity.ts';
import { environmentOf, livingProcesses, signalProcess } from './process-list.ts';
import { readProcFile } from './proc-file.ts';

const POLL_MS = 10;

/** After SIGKILL they are gone at once, unless the machine is too busy to let them die. */
const GONE_MS = 10 * DEFAULTS.killGraceMs;

/**
 * Ends the gits of ours that are at work on refs in a repository. Ours go on when whoever started them is killed, and one
 * that waits for a lock does what it was told some seconds later: to be called by the only one who may change those refs,
 * before he does. Linux only; elsewhere a git cannot be told by its environment.
 *
 * @param isMeant tells whether a ref is one of those
 */
export async function endLeftGits(root: string, isMeant: (ref: string) => boolean): Promise<void> {
  if (process.platform !== 'linux') return;
  const path = realpathSync(root);
  const left = [...livingProcesses()].flatMap(({ pid }) => {
    const identity = isLeftGit(pid, path, isMeant) ? identityOf(pid) : undefined;
    return identity === undefined ? [] : [identity];
  });
  // Each leads a group of its own, with what it has started.
  for (const { pid } of left) for (const target of [-pid, pid]) signalProcess(target, 'SIGKILL');
  const deadline = performance.now() + GONE_MS;
  while (left.some(isAlive) && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

function isLeftGit(pid: number, root: string, isMeant: (ref: string) => boolean): boolean {
  const [program = '', ...words] = (readProcFile(`/proc/${pid}/cmdline`, 'latin1') ?? '').split('\0');
  if (basename(program) !== 'git') return false;
  // A refspec names what it writes behind a colon.
  if (!words.some((word) => isMeant(word.slice(word.lastIndexOf(':') + 1)))) return false;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === root && environmentOf(pid).includes(`GIT_GRAFT_FILE=${NO_GRAFTS}`);
  } catch {
    return false;
  }
}
