import { git, tryGit } from '@ralph/protocol/process/git';
import { gitSettings } from '../workspace/git-settings.ts';
import type { AttemptRef } from './outlived-refs.ts';

const LIMIT_MS = 600_000;
/** So many go in one step of git, which writes all packed refs anew for it. */
const AT_ONCE = 500;
const PATIENT = gitSettings({ 'core.packedRefsTimeout': '10000' });

/** Lists the refs of all attempts, but not what was salvaged. */
export async function attemptRefs(root: string): Promise<AttemptRef[]> {
  const folders = ['attempts', 'landed', 'published'].map((kind) => `refs/ralph/${kind}/`);
  const format = '%(refname) %(objectname) %(committerdate:unix)';
  const listed = await git(['for-each-ref', `--format=${format}`, ...folders], { cwd: root, limitMs: LIMIT_MS });
  return listed.split('\n').flatMap((line) => {
    const [ref = '', commit = '', at = ''] = line.split(' ');
    return ref === '' ? [] : [{ ref, commit, at: Number(at) * 1000 }];
  });
}

/** Returns those of some commits that no remote-tracking branch holds. */
export async function notOnRemote(root: string, commits: readonly string[]): Promise<ReadonlySet<string>> {
  if (commits.length === 0) return new Set();
  const input = `${[...new Set(commits)].join('\n')}\n`;
  const listed = await git(['rev-list', '--stdin', '--not', '--remotes'], { cwd: root, input, limitMs: LIMIT_MS });
  const found = new Set(listed.split('\n'));
  return new Set(commits.filter((commit) => found.has(commit)));
}

/** Removes refs that are still on their commits; returns how many. Those that somebody changes meanwhile stay. */
export async function dropRefs(root: string, refs: readonly AttemptRef[]): Promise<number> {
  let dropped = 0;
  for (let begin = 0; begin < refs.length; begin += AT_ONCE)
    dropped += await dropSome(root, refs.slice(begin, begin + AT_ONCE));
  return dropped;
}

/** Git takes all or none: where one of them cannot go, each half is tried by itself. */
async function dropSome(root: string, refs: readonly AttemptRef[]): Promise<number> {
  if (await dropTogether(root, refs)) return refs.length;
  if (refs.length <= 1) return 0;
  const half = refs.length >> 1;
  return (await dropSome(root, refs.slice(0, half))) + (await dropSome(root, refs.slice(half)));
}

async function dropTogether(root: string, refs: readonly AttemptRef[]): Promise<boolean> {
  const input = refs.map(({ ref, commit }) => `delete ${ref} ${commit}\n`).join('');
  const { exitCode } = await tryGit(['update-ref', '--stdin'], { cwd: root, env: PATIENT, input, limitMs: LIMIT_MS });
  return exitCode === 0;
}
