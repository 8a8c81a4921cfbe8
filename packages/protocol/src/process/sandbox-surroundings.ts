import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { RALPH_PATHS } from '../contract/paths.ts';
import { borrowedFolders } from './borrowed-objects.ts';
import { sharedRoot, type Repository } from './repository.ts';
import { isBelow, type Place } from './sandbox-layout.ts';
import { HIDDEN_AT_HOME, HIDDEN_OF_MACHINE, PRIVATE_FOLDERS } from './sandbox-places.ts';

/** Of the folders above a workspace, the one that holds nothing but workspaces where nobody chose another. */
const WORKSPACES = '.workspaces';

/**
 * Returns what a command must not see of this machine as it is now, or see as it is though it stands below that: the
 * user's homes and repository stay in sight.
 *
 * @param workspace its real path; nothing where the command has none
 */
export function surroundings(repo: Required<Repository>, workspace: string | undefined): Place[] {
  const roots = [...new Set([repo.root, sharedRoot(repo.root)])];
  const homes = homesHere();
  const temporary = process.env['TMPDIR'];
  const shelter = workspace === undefined ? [] : [shelterOf(workspace)];
  const hidden = [
    ...HIDDEN_OF_MACHINE.flatMap(({ names }) => names),
    ...homes.flatMap((home) => HIDDEN_AT_HOME.flatMap(({ names }) => names.map((name) => join(home, name)))),
    ...socketsIn(process.env),
    // Of other tasks and other runs: logs, records, locks that could be held against us.
    ...roots.map((root) => join(root, dirname(RALPH_PATHS.queue))),
    ...shelter,
  ];
  const seen = [...homes, ...roots, repo.gitDir, ...borrowedFolders(join(repo.gitDir, 'objects'))];
  const places = [
    ...[...PRIVATE_FOLDERS, ...(temporary === undefined ? [] : [temporary])].flatMap(privatePlace),
    ...hidden.flatMap(hiddenPlace),
    ...seen.map((path): Place => ({ kind: 'read', path })),
    ...namesThere(),
  ];
  return places.filter(({ path }) => path !== '/');
}

/** Returns the place of a file or folder that is to be seen as it is; nothing where there is none. */
export function readPlace(path: string): Place[] {
  const source = realOf(path);
  return source === undefined ? [] : [{ kind: 'read', path, source }];
}

function privatePlace(path: string): Place[] {
  const real = realOf(path);
  return real === undefined || !statSync(real).isDirectory() ? [] : [{ kind: 'private', path: real }];
}

function hiddenPlace(path: string): Place[] {
  const real = realOf(path);
  if (real === undefined) return [];
  return [{ kind: statSync(real).isDirectory() ? 'hidden' : 'emptied', path: real }];
}

function homesHere(): string[] {
  return [...new Set([homedir(), userInfo().homedir].flatMap((home) => realOf(home) ?? []))];
}

/** Returns the folder around a workspace in which those of other tasks stand, and other runs, if nobody chose another. */
function shelterOf(workspace: string): string {
  const names = workspace.split('/');
  const at = names.indexOf(WORKSPACES);
  return at === -1 || at === names.length - 1 ? dirname(workspace) : names.slice(0, at + 1).join('/');
}

/** Returns the sockets and folders of sockets that the environment names, wherever they are. */
function socketsIn(env: NodeJS.ProcessEnv): string[] {
  const { SSH_AUTH_SOCK: keys, XDG_RUNTIME_DIR: session, DOCKER_HOST: docker } = env;
  const named = [keys, session, docker?.startsWith('unix://') === true ? docker.slice('unix://'.length) : undefined];
  return named.filter((path): path is string => path?.startsWith('/') === true && path !== '/');
}

/** Of what is hidden in /run, programs need to find names of hosts, and some systems themselves. */
function namesThere(): Place[] {
  const resolver = realOf('/etc/resolv.conf');
  const run = realOf('/run');
  if (run === undefined) return [];
  const links = readdirSync(run).flatMap((name): Place[] => {
    const path = join(run, name);
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
      ? [{ kind: 'link', path, target: readlinkSync(path) }]
      : [];
  });
  const isHidden = resolver !== undefined && isBelow(run, resolver);
  return [...links, ...(isHidden ? readPlace(resolver) : [])];
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
