import { execFile } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import type { PreflightFinding } from '@ralph/protocol/contract/preflight-report';
import { VERSION } from '@ralph/protocol/cli/version';
import { ownGroupFolder } from '@ralph/protocol/process/cgroup-place';
import { bareEnvironment } from '@ralph/protocol/process/environment';
import { siblingCommand, type SiblingName } from '@ralph/protocol/process/sibling-command';

/** The oldest Node that the programs are made for. */
const OLDEST_NODE = [20, 19] as const;

const SIBLINGS: readonly SiblingName[] = ['ralph-lock', 'ralph-state', 'ralph-worker', 'ralph-integrate'];

/** Looks at what the programs stand on: Node, each other, and what the system lets them see of processes. */
export async function examineMachine(): Promise<readonly PreflightFinding[]> {
  return [judgeNode(process.versions.node), judgePrograms(await Promise.all(SIBLINGS.map(versionOf))), machine()];
}

/** Says whether a version of Node is one that the programs are made for. Pure. */
export function judgeNode(version: string): PreflightFinding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  if (!isOld) return { check: 'node', level: 'ok', message: `Node ${version}` };
  const message = `Node ${version} is older than ${OLDEST_NODE.join('.')}`;
  return { check: 'node', level: 'warning', message, hint: 'node --version  # and install a newer one' };
}

/** A sibling and the version that it says it has; nothing when it could not be started. */
export interface Found {
  readonly name: SiblingName;
  readonly command: string;
  readonly version: string | undefined;
}

/** Says whether all siblings are there, and of our own version. Pure. */
export function judgePrograms(found: readonly Found[]): PreflightFinding {
  const missing = found.filter(({ version }) => version === undefined);
  if (missing[0] !== undefined) {
    return {
      check: 'programs',
      level: 'error',
      code: 'command_not_found',
      message: `not found, or not to be started: ${missing.map(({ name }) => name).join(', ')}`,
      hint: `${missing[0].command} --version  # or name the folder that has them in RALPH_EXEC_PATH`,
    };
  }
  const others = found.filter(({ version }) => version !== VERSION);
  if (others[0] === undefined) {
    return { check: 'programs', level: 'ok', message: `all five programs are there, version ${VERSION}` };
  }
  const named = others.map(({ name, version }) => `${name} ${version ?? ''}`).join(', ');
  return {
    check: 'programs',
    level: 'warning',
    message: `ralph-orchestrate is ${VERSION}, but others are not: ${named}`,
    hint: `${others[0].command} --version  # install all five together, and see RALPH_EXEC_PATH`,
  };
}

function versionOf(name: SiblingName): Promise<Found> {
  const [program = name, ...args] = siblingCommand(name);
  const command = [program, ...args].join(' ');
  return new Promise((resolve) => {
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
