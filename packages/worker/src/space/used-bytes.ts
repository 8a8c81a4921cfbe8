import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { namesIn } from '@ralph/protocol/process/names-in';
import { runTool } from '../site/run-tool.ts';
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
async function diskUsage(root: string, names: readonly string[]): Promise<string> {
  const args = ['-sk', '--', ...names.map((name) => `./${name}`)];
  const { isWell, stdout } = await runTool('du', args, { cwd: root, signal: AbortSignal.timeout(LIMIT_MS) });
  if (isWell || stdout !== '') return stdout;
  throw new Failure('io', `cannot tell what the workspaces in ${root} take`, {
    hint: commandLine(['du', '-sk', root]),
  });
}
