import { join } from 'node:path';
import { isFailure } from '../../src/contract/failure.ts';
import { PathWatch } from '../../src/process/path-watch.ts';

/** Watches a file in a folder; prints `watching`, or what it failed with. */
const [root = ''] = process.argv.slice(2);
try {
  new PathWatch({ root, paths: [join(root, 'file')], signal: new AbortController().signal }).close();
  process.stdout.write('watching\n');
} catch (error) {
  if (!isFailure(error)) throw error;
  process.stdout.write(`${error.code} ${error.message}\n${error.parts.hint}\n`);
}
