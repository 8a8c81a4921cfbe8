import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { asIoFailure, Failure } from '@ralph/protocol/contract/failure';
import { bareEnvironment } from '@ralph/protocol/process/environment';
import { isDraftName } from '../workspace/draft-folder.ts';

const LIMIT_MS = 600_000;

/**
 * Returns how many bytes of the disk everything in the folder of the workspaces takes, a file with several names once.
 * What is being made or removed just now does not count.
 *
 * @throws Failure `io`
 */
export async function usedBytes(root: string): Promise<number> {
  const names = namesIn(root).filter((name) => !isDraftName(name));
  if (names.length === 0) return 0;
  const text = await diskUsage(root, names);
  const kibibytes = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Number.parseInt(line, 10));
  return kibibytes.reduce((sum, each) => sum + each, 0) * 1024;
}

/** Files come and go while it looks: it then says so with its status, and counts the others. */
function diskUsage(root: string, names: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = ['-sk', '--', ...names.map((name) => `./${name}`)];
    const options = { cwd: root, env: { ...bareEnvironment(), LC_ALL: 'C' }, timeout: LIMIT_MS };
    execFile('du', args, options, (error, stdout) => {
      if (stdout !== '' || error === null) return resolve(stdout);
      const hint = `try it by hand: du -sk ${root}`;
      reject(new Failure('io', `cannot tell what the workspaces in ${root} take`, { cause: error, hint }));
    });
  });
}

function namesIn(root: string): string[] {
  try {
    return readdirSync(root);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw asIoFailure(error, `read ${root}`);
  }
}
