import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Tells whether a module is the one that node was started with, and not one that another module imports. */
export function isMain(url) {
  return process.argv[1] !== undefined && pathToFileURL(realpathSync(process.argv[1])).href === url;
}
