import { isAbsolute, resolve } from 'node:path';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { tryGit } from '@ralph/protocol/process/git';
import { requireUsable } from '@ralph/protocol/process/usable-repository';
import { withoutCredentials } from '@ralph/protocol/cli/credentials';

/** A remote of the main repository; each address falls back to the other. */
export interface Remote {
  readonly name: string;
  readonly fetchUrl: string;
  readonly pushUrl: string;
}

/**
 * Reads a remote from the configuration of the main repository; relative paths are made absolute, since workspaces lie
 * elsewhere.
 *
 * @throws Failure `no_origin` when there is no such remote, `dubious_ownership`
 */
export async function findRemote(root: string, name: string): Promise<Remote> {
  const [fetchUrl, pushUrl] = [await firstAddress(root, name, 'url'), await firstAddress(root, name, 'pushurl')];
  const either = fetchUrl ?? pushUrl;
  if (either === undefined) {
    await requireUsable(root);
    throw new Failure('no_origin', `No '${name}' git remote configured in ${root}`, {
      hint: `${commandLine(['git', '-C', root, 'remote', 'add', name])} URL`,
    });
  }
  return { name, fetchUrl: absolute(root, fetchUrl ?? either), pushUrl: absolute(root, pushUrl ?? either) };
}

/** Returns the address of a remote as it may be shown: without user and password. */
export function shownUrl(url: string): string {
  return withoutCredentials(url);
}

async function firstAddress(root: string, name: string, key: 'url' | 'pushurl'): Promise<string | undefined> {
  const { stdout } = await tryGit(['config', '--get-all', `remote.${name}.${key}`], { cwd: root });
  const first = stdout.split('\n', 1)[0] ?? '';
  return first === '' ? undefined : first;
}

/** As git reads an address: a path unless it has a scheme, or a colon before the first slash. */
function absolute(root: string, url: string): string {
  const isPath = !/^[a-z][a-z\d+.-]*:\/\//i.test(url) && !/^[^/]*:/.test(url);
  return isPath && !isAbsolute(url) ? resolve(root, url) : url;
}
