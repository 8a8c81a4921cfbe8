import { pathPattern, runTool } from '../site/run-tool.ts';

const MOST_PATHS = 500;

/**
 * Looks for what git does not see and no checkout of ours makes: git folders inside, folders and files without our own
 * rights, of other owners, with a second name elsewhere, or of a special kind.
 *
 * @param except ignored files and folders that are not looked at
 * @returns words for the first one found, also when `find` could not look; nothing when there is none
 */
export async function findOddity(
  folder: string,
  except: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  if (except.length > MOST_PATHS) return 'too many ignored files to tell';
  const owner = process.getuid?.();
  const odd = [
    ['-name', '.git'],
    ...(owner === undefined ? [] : [['!', '-user', String(owner)]]),
    ['-type', 'd', '!', '-perm', '-0700'],
    ['-type', 'f', '!', '-perm', '-0600'],
    ['-type', 'f', '-links', '+1'],
    ['!', '-type', 'f', '!', '-type', 'd', '!', '-type', 'l'],
  ];
  const skipped = ['.git', ...except].flatMap((path) => ['-path', pathPattern(`./${path}`), '-prune', '-o']);
  const conditions = odd.flatMap((condition, index) => [...(index === 0 ? [] : ['-o']), ...condition]);
  const args = ['.', ...skipped, '(', ...conditions, ')', '-print', '-quit'];
  const { isWell, stdout } = await runTool('find', args, { cwd: folder, signal });
  if (!isWell) return 'find could not look through it';
  return stdout === '' ? undefined : `odd for a checkout: ${stdout.trim()}`;
}
