import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { RALPH_PATHS, RUNTIME_PATTERNS } from '@ralph/protocol/contract/paths';
import type { PreflightFinding } from '@ralph/protocol/contract/preflight-report';
import { checked } from '@ralph/protocol/process/findings';
import { git, tryGit } from '@ralph/protocol/process/git';
import type { Repository } from '@ralph/protocol/process/repository';

/** The oldest git that finds squashed work on the target branch (`merge-tree --write-tree`). */
const OLDEST_GIT = [2, 38] as const;

/** A path that each rule for files of a run must cover. */
const PROBES: Readonly<Record<(typeof RUNTIME_PATTERNS)[number], string>> = {
  '.ralph/cache/': '.ralph/cache/x',
  '.ralph/logs/': '.ralph/logs/x',
  '.ralph/lock/': '.ralph/lock/x',
  '.ralph/*.lock': '.ralph/loop.lock',
  '.ralph/trust.jsonc': RALPH_PATHS.trust,
};

/** Returns what a person should know of the repository, though it stops no run. */
export async function surveyRepository(repo: Required<Repository>): Promise<PreflightFinding[]> {
  return (await Promise.all([gitVersion(repo.root), ignoredFiles(repo), hooks(repo), submodules(repo.root)])).flat();
}

async function gitVersion(root: string): Promise<PreflightFinding> {
  const look = async () => (await git(['version'], { cwd: root })).trim().replace('git version ', '');
  const { finding } = await checked('git', look, (version) => {
    if (isOldGit(version))
      return {
        level: 'warning',
        message: `git ${version} is older than ${OLDEST_GIT.join('.')}: squashed work is not found on the target branch`,
      };
    return { message: `git ${version}`, facts: { version } };
  });
  return finding;
}

/** Tells whether a version of git is older than what we are tried with; one that cannot be read is not. */
export function isOldGit(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST_GIT[0] || (major === OLDEST_GIT[0] && minor < OLDEST_GIT[1]);
}

/** Files of a run that git would show, or even track: a person might commit them. */
async function ignoredFiles({ root, gitDir }: Required<Repository>): Promise<PreflightFinding> {
  const look = async () => {
    const rules = RUNTIME_PATTERNS.map((rule) => ({ rule, probe: PROBES[rule] }));
    const probes = rules.map(({ probe }) => probe);
    const args = ['check-ignore', '--no-index', '--', ...probes];
    const ignored = new Set((await tryGit(args, { cwd: root })).stdout.split('\n'));
    const tracked = (
      await git(['ls-files', '-z', '--', ...RUNTIME_PATTERNS.map((rule) => `:(glob)${rule.replace(/\/$/, '/**')}`)], {
        cwd: root,
      })
    )
      .split('\0')
      .filter((path) => path !== '');
    if (tracked.length > 0) throw trackedRuntime(root, tracked);
    return rules.filter(({ probe }) => !ignored.has(probe)).map(({ rule }) => rule);
  };
  const { finding } = await checked('ignored_runtime_files', look, (missing) => {
    if (missing.length === 0) return { message: 'files of a run are ignored by git', facts: { missing } };
    const exclude = join(gitDir, 'info/exclude');
    return {
      level: 'warning',
      message: `git does not ignore files of a run: ${missing.join(', ')}`,
      hint: `ralph-orchestrate init  # or: ${commandLine(['printf', String.raw`%s\n`, ...missing])} >> ${commandLine([exclude])}`,
      facts: { missing },
    };
  });
  return finding.level === 'error' ? { ...finding, level: 'warning' } : finding;
}

function trackedRuntime(root: string, tracked: readonly string[]): Failure {
  return new Failure('repository_dirty', `files of a run are tracked by git: ${tracked.slice(0, 5).join(', ')}`, {
    hint: commandLine(['git', '-C', root, 'rm', '-r', '--cached', '--', ...tracked.slice(0, 5)]),
  });
}

async function hooks({ root, gitDir }: Required<Repository>): Promise<PreflightFinding> {
  const look = async () => {
    const set = await tryGit(['config', '--type=path', '--get', 'core.hooksPath'], { cwd: root });
    const folder = set.exitCode === 0 ? resolve(root, set.stdout.trim()) : join(gitDir, 'hooks');
    return existsSync(folder) ? readdirSync(folder).filter((name) => !name.includes('.') && name !== '_') : [];
  };
  const { finding } = await checked('hooks', look, (names) =>
    names.length === 0
      ? 'there are no hooks'
      : `hooks stay behind: none of ${names.join(', ')} runs in a workspace; the gate (--ci) judges what lands`,
  );
  return finding;
}

async function submodules(root: string): Promise<PreflightFinding> {
  const look = async () =>
    existsSync(join(root, '.gitmodules')) ? (await git(['submodule', 'status'], { cwd: root })).split('\n') : [];
  const { finding } = await checked('submodules', look, (lines) => {
    const all = lines.filter((line) => line !== '');
    const empty = all.filter((line) => line.startsWith('-')).length;
    if (all.length === 0) return 'there are no submodules';
    if (empty === 0) return `${all.length} submodules are filled in each workspace from here`;
    return {
      level: 'warning',
      message: `${empty} of ${all.length} submodules are empty here, and so in every workspace`,
      hint: commandLine(['git', '-C', root, 'submodule', 'update', '--init', '--recursive']),
    };
  });
  return finding;
}
