import { git, tryGit } from '@ralph/protocol/process/git';

/** A large repository takes git that long. */
const LIMIT_MS = 3_600_000;

/** What git spares if nobody says otherwise. */
const SPARED_S = 14 * 24 * 60 * 60;

/**
 * Lets git tidy the user's repository up as it would do by itself after a fetch or a commit, which we keep it from while
 * tasks land: loose objects and refs are packed when there are many. What the user has set holds, so that nothing is done
 * with `gc.auto=0` or `maintenance.auto=false`; but what no ref holds is spared for two weeks, since an agent at work may
 * have the same content and borrow it from here. Nothing is left running.
 *
 * @returns whether git was asked, and did it
 */
export async function packObjects(root: string, signal: AbortSignal): Promise<boolean> {
  const { auto, isWanted } = await settingsOf(root);
  if (!isWanted) return false;
  const spare = (await sparesTooLittle(root)) ? ['-c', 'gc.pruneExpire=2.weeks.ago'] : [];
  const args = ['-c', `gc.auto=${auto}`, ...spare, '-c', 'gc.autoDetach=false', 'gc', '--auto', '--quiet'];
  const { exitCode } = await tryGit(args, { cwd: root, signal, limitMs: LIMIT_MS });
  return exitCode === 0;
}

/**
 * Puts all refs into one file, unless the user keeps git from tidying up, or from that. Each fetch and each push reads
 * all of them: a thousand tasks leave two thousand files, with which a fetch takes six times as long.
 */
export async function packRefs(root: string, signal: AbortSignal): Promise<void> {
  const { isWanted } = await settingsOf(root);
  const { stdout } = await tryGit(['config', '--get', 'gc.packRefs'], { cwd: root });
  if (!isWanted || ['false', 'no', 'off', '0'].includes(stdout.trim().toLowerCase())) return;
  // Where it cannot be done now, the next time will do.
  await tryGit(['pack-refs', '--all'], { cwd: root, signal });
}

/** What we set ourselves in each call of git is not the user's. */
async function settingsOf(root: string): Promise<{ readonly auto: string; readonly isWanted: boolean }> {
  const args = ['config', '--show-scope', '--get-regexp', String.raw`^(gc|maintenance)\.auto$`];
  const lines = (await git(args, { cwd: root })).split('\n').map((line) => line.split(/\s+/));
  const own = (name: string) => lines.findLast(([scope, key]) => scope !== 'command' && key === name)?.[2];
  const auto = own('gc.auto') ?? '6700';
  const isOff = ['false', 'no', 'off', '0'].includes(own('maintenance.auto')?.toLowerCase() ?? '');
  return { auto, isWanted: !isOff && auto !== '0' };
}

/** Git tells the time before which it would remove what no ref holds, in seconds since 1970; 0 is never. */
async function sparesTooLittle(root: string): Promise<boolean> {
  const { exitCode, stdout } = await tryGit(['config', '--type=expiry-date', '--get', 'gc.pruneExpire'], { cwd: root });
  return exitCode === 0 && Number(stdout) > Date.now() / 1000 - SPARED_S;
}
