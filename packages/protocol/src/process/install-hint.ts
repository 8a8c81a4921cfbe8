import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commandLine } from '../cli/shell-words.ts';
import { VERSION } from '../cli/version.ts';

/**
 * Returns the folder of the checkout that a bundle was built in; nothing for one that was installed.
 *
 * @param module address of the bundle, which lies in the folder `dist` of its package
 */
export function checkoutOf(module: string = import.meta.url): string | undefined {
  const top = new URL('../../../', module);
  return existsSync(new URL('tools/build.mjs', top)) ? fileURLToPath(top).replace(/\/$/, '') : undefined;
}

/**
 * Returns the command that brings all programs, in one version: they are released together, and in no registry. Pure.
 *
 * @param checkout where they are built; nothing where they were installed
 */
export function installCommand(checkout: string | undefined): string {
  return checkout === undefined
    ? 'npm run pack && npm install -g ./packs/*.tgz'
    : `${commandLine(['cd', checkout])} && npm ci`;
}

/** Returns the next command for somebody who has not all programs. Pure, as `installCommand`. */
export function installHint(count: number, checkout: string | undefined): string {
  const where = checkout === undefined ? `in the sources of the toolbox, version ${VERSION}; ` : '';
  return `${installCommand(checkout)}  # ${where}or name the folder that has ${count === 1 ? 'it' : 'them'} in RALPH_EXEC_PATH`;
}
