import { existsSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import type { PreflightFinding } from '@ralph/protocol/contract/preflight-report';

/** Numbers of statfs(2) for file systems that other machines may use at the same time. */
const NETWORK: Readonly<Record<number, string>> = {
  0x6969: 'nfs',
  0xff534d42: 'cifs',
  0xfe534d42: 'smb3',
  0x00c36400: 'ceph',
  0x01021997: '9p',
  0x0bd00bd0: 'lustre',
  0x5346414f: 'afs',
};

/** Says what kind of file system folders are on; of one that is missing, the nearest folder around it. */
export function examineFileSystems(folders: readonly string[]): PreflightFinding {
  const found = folders.map((folder) => ({ folder, network: networkOf(nearest(folder)) }));
  const shared = found.filter(({ network }) => network !== undefined);
  if (shared.length === 0) {
    return { check: 'file_systems', level: 'ok', message: `on this machine: ${folders.join(', ')}` };
  }
  const named = shared.map(({ folder, network }) => `${folder} (${network ?? ''})`).join(', ');
  const message = `on a file system of the network, where locks may not hold and every step is slow: ${named}`;
  return {
    check: 'file_systems',
    level: 'warning',
    message,
    hint: commandLine(['df', ...shared.map(({ folder }) => nearest(folder))]),
  };
}

function networkOf(folder: string): string | undefined {
  try {
    return process.platform === 'linux' ? NETWORK[statfsSync(folder).type >>> 0] : undefined;
  } catch {
    return undefined;
  }
}

function nearest(folder: string): string {
  let path = folder;
  while (!existsSync(path) && dirname(path) !== path) path = dirname(path);
  return path;
}

/** Says whether a request to stop lies there that no run will see any more. */
export function examineStopRequest(root: string, isRunning: boolean): PreflightFinding {
  const check = 'stop_request';
  const path = join(root, RALPH_PATHS.stopRequest);
  if (!existsSync(path)) return { check, level: 'ok', message: 'no run is asked to stop' };
  if (isRunning) return { check, level: 'ok', message: 'the run that is at work was asked to stop' };
  const message = `${path} asks a run to stop that has ended; the next run clears it`;
  return { check, level: 'warning', message, hint: commandLine(['rm', path]) };
}
