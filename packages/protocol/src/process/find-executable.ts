import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { Failure } from '../contract/failure.ts';

/**
 * Makes sure that a command can be started, as a shell would look for it.
 *
 * @throws Failure `command_not_found` or `command_not_executable`
 */
export function requireExecutable(command: string, cwd: string): void {
  const candidates = command.includes('/')
    ? [isAbsolute(command) ? command : resolve(cwd, command)]
    : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder || '.', command));
  if (candidates.some((path) => isFile(path) && isExecutable(path))) return;
  const present = candidates.find(isFile);
  if (present !== undefined) {
    throw new Failure('command_not_executable', `not executable: ${present}`, { hint: `chmod +x ${present}` });
  }
  throw new Failure('command_not_found', `command not found: ${command}`, {
    hint: command.includes('/') ? 'check the path' : 'install it, or see that its folder is on PATH',
  });
}

/**
 * Returns where a program is, by the folders of PATH that are the same wherever one stands: a workspace may hold a
 * program of the same name.
 */
export function programOnPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, name)).find((path) => isFile(path) && isExecutable(path));
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    // In a folder that we may not enter: a shell looks on, too.
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
