import { withoutCredentials } from '@ralph/protocol/cli/credentials';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { loopBranch } from '@ralph/protocol/contract/loop-name';
import { git, tryGit } from '@ralph/protocol/process/git';
import { gitSettings } from '../workspace/git-settings.ts';

const PUSH_LIMIT_MS = 600_000;

/** Returns the ref of the branch of a second loop. */
export function loopHead(name: string): string {
  return `refs/heads/${loopBranch(name)}`;
}

/**
 * Reads the branches that origin has now.
 *
 * @returns commit by ref
 * @throws Failure `origin_unreachable`
 */
export async function headsOnOrigin(root: string): Promise<ReadonlyMap<string, string>> {
  const { exitCode, stdout, stderr } = await tryGit(['ls-remote', '--heads', 'origin'], { cwd: root });
  if (exitCode !== 0) {
    throw new Failure('origin_unreachable', `cannot reach origin: ${firstLine(stderr)}`, {
      hint: commandLine(['git', '-C', root, 'ls-remote', 'origin']),
    });
  }
  const lines = stdout.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line): [string, string] => [line.split('\t')[1] ?? '', line.split('\t')[0] ?? '']));
}

/**
 * Gives origin the branch of a second loop, which it must not have yet.
 *
 * @returns false when origin has such a branch by now
 * @throws Failure `push_denied`, `origin_unreachable`
 */
export async function pushNewBranch(root: string, name: string, commit: string, signal: AbortSignal): Promise<boolean> {
  const ref = loopHead(name);
  const args = ['push', '-q', '--recurse-submodules=no', `--force-with-lease=${ref}:`, 'origin', `${commit}:${ref}`];
  const options = ['-c', 'push.followTags=false'];
  const result = await tryGit([...options, ...args], { cwd: root, signal, limitMs: PUSH_LIMIT_MS });
  if (result.exitCode === 0) return true;
  if (signal.aborted) throw new Failure('cancelled', 'stopped while the branch of the second loop was pushed');
  const there = (await headsOnOrigin(root)).get(ref);
  // One that was cut off may have arrived.
  if (there !== undefined) return there === commit;
  throw new Failure('push_denied', `origin does not take the branch ${loopBranch(name)}: ${firstLine(result.stderr)}`, {
    hint: commandLine(['git', '-C', root, 'push', 'origin', `HEAD:${ref}`]),
  });
}

/** Takes the branch of a loop that was never finished away from origin again, if nobody has moved it; never fails. */
export async function takeBackFromOrigin(root: string, name: string, commit: string): Promise<void> {
  const ref = loopHead(name);
  await tryGit(['push', '-q', '--no-verify', `--force-with-lease=${ref}:${commit}`, 'origin', `:${ref}`], {
    cwd: root,
  });
}

/** Deletes the local branch of a loop if it still stands on a commit; that there is none is fine. */
export async function dropBranch(root: string, name: string, commit: string): Promise<void> {
  const env = gitSettings({ 'core.filesRefLockTimeout': '10000', 'core.packedRefsTimeout': '10000' });
  const there = await tryGit(['rev-parse', '-q', '--verify', loopHead(name)], { cwd: root });
  if (there.stdout.trim() === commit) await git(['update-ref', '-d', loopHead(name), commit], { cwd: root, env });
}

/**
 * Makes sure that branches `ralph/NAME` can be made: git has no branch `a/b` beside a branch `a`.
 *
 * @throws Failure `loop_unavailable`
 */
export async function requireBranchRoom(root: string, onOrigin: ReadonlyMap<string, string>): Promise<void> {
  const { exitCode } = await tryGit(['rev-parse', '-q', '--verify', 'refs/heads/ralph'], { cwd: root });
  const where = exitCode === 0 ? 'here' : onOrigin.has('refs/heads/ralph') ? 'on origin' : undefined;
  if (where === undefined) return;
  throw new Failure(
    'loop_unavailable',
    `there is a branch ralph ${where}, so that none called ralph/NAME can be made`,
    {
      hint:
        where === 'here'
          ? commandLine(['git', '-C', root, 'branch', '-m', 'ralph', 'ralph-old'])
          : 'give that branch another name, or wait with --on-busy wait',
    },
  );
}

function firstLine(stderr: string): string {
  return withoutCredentials(stderr.split('\n').find((line) => line.trim() !== '') ?? 'git ended without a word');
}
