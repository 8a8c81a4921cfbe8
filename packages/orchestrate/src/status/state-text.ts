import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { siblingEnvironment } from '@ralph/protocol/process/environment';
import { siblingCommand } from '@ralph/protocol/process/sibling-command';

/** More than the status of a thousand tasks takes. */
const LIMIT_BYTES = 2 ** 26;

/** Returns what `ralph-state status` tells a person. */
export async function stateText(repo: string): Promise<string> {
  const [program = '', ...rest] = siblingCommand('ralph-state');
  const args = [...rest, 'status', '--format', 'table', '--repo', repo];
  const { stdout } = await promisify(execFile)(program, args, { env: siblingEnvironment(), maxBuffer: LIMIT_BYTES });
  return stdout;
}
