import { execFile } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import type { PreflightFinding } from '@ralph/protocol/contract/preflight-report';
import { ownGroupFolder } from '@ralph/protocol/process/cgroup-place';
import { bareEnvironment } from '@ralph/protocol/process/environment';
import { checkoutOf } from '@ralph/protocol/process/install-hint';
import type { SiblingName } from '@ralph/protocol/process/sibling-command';
import { commandOf, judgePrograms, SIBLINGS, type Found } from '../start/programs.ts';

/** The oldest Node that the programs are made for. */
const OLDEST_NODE = [20, 19] as const;

/** Looks at what the programs stand on: Node, each other, and what the system lets them see of processes. */
export async function examineMachine(): Promise<readonly PreflightFinding[]> {
  const programs = judgePrograms(await Promise.all(SIBLINGS.map(versionOf)), checkoutOf());
  return [judgeNode(process.versions.node), programs, machine()];
}

/** Says whether a version of Node is one that the programs are made for. Pure. */
export function judgeNode(version: string): PreflightFinding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  if (!isOld) return { check: 'node', level: 'ok', message: `Node ${version}` };
  const message = `Node ${version} is older than ${OLDEST_NODE.join('.')}`;
  return { check: 'node', level: 'warning', message, hint: 'node --version  # and install a newer one' };
}

function versionOf(name: SiblingName): Promise<Found> {
  const command = commandOf(name);
  const [program = name, ...args] = command ?? [];
  return new Promise((resolve) => {
    if (command === undefined) return resolve({ name, command, version: undefined });
    execFile(program, [...args, '--version'], { env: bareEnvironment() }, (error, stdout) => {
      resolve({ name, command, version: error === null ? stdout.trim().split(' ')[1] : undefined });
    });
  });
}

/** Without /proc a process is known by less; without control groups one that hides has to be looked for. */
function machine(): PreflightFinding {
  const here = `${process.platform} ${process.arch}`;
  if (!canRead('/proc/self/stat')) {
    return { check: 'machine', level: 'warning', message: `${here}: no /proc, so that processes are known by less` };
  }
  const groups = hasControlGroup()
    ? 'control groups can be used'
    : 'control groups cannot be used: agents are followed by their process tree';
  return { check: 'machine', level: 'ok', message: `${here}: /proc is there, ${groups}` };
}

function hasControlGroup(): boolean {
  try {
    const own = ownGroupFolder(readFileSync('/proc/self/mountinfo', 'utf8'), readFileSync('/proc/self/cgroup', 'utf8'));
    if (own === undefined) return false;
    accessSync(own, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function canRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
