import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { runGit, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';

export const TOP = fileURLToPath(new URL('../../../..', import.meta.url));

/** Where the recipes push to on GitLab; git is told where that really is. */
const FORGE = 'https://ralph:s3cret@forge.invalid/group/project.git';

/** What the jobs of a recipe share: the origin, the cache of the forge, and the programs that a runner has. */
export class Forge {
  readonly origin: TestRepository;
  readonly #bin: string;
  #machines = 0;

  /** @param agent what the agent does, as a script; npm installs nothing, and tests by the script `gate` of the origin */
  constructor(origin: TestRepository, agent: string) {
    this.origin = origin;
    this.#bin = dirname(scriptedCommand(origin.folder, 'claude', agent));
    scriptedCommand(origin.folder, 'npm', 'if [ "$1" = test ]; then exec sh ./gate; fi');
  }

  /** A folder as a runner gives it to a job: an empty one, or that of an earlier job. */
  newMachine(): string {
    const folder = join(this.origin.folder, `machine-${(this.#machines += 1)}`, 'builds');
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** The variables of every job; git finds the origin under the address of the forge. */
  environment(): Record<string, string> {
    const config = join(this.origin.folder, 'forge.gitconfig');
    writeFileSync(config, `[url "file://${this.origin.origin}"]\n\tinsteadOf = ${FORGE}\n`);
    return {
      ...testEnvironment(this.#bin),
      HOME: this.origin.folder,
      GIT_CONFIG_GLOBAL: config,
      CI: 'true',
      CI_SERVER_HOST: 'forge.invalid',
      CI_PROJECT_PATH: 'group/project',
      RALPH_PUSH_TOKEN: 's3cret',
    };
  }

  /** Returns the names of the bundles that the cache holds, wherever the job had them. */
  cachedBundles(): string[] {
    const files = readdirSync(join(this.origin.folder, 'cache'), { recursive: true, encoding: 'utf8' });
    return files.filter((path) => path.endsWith('.bundle')).map((path) => basename(path));
  }

  /** Puts files of a job into the cache of the forge, or out of it into another job. */
  cache(direction: 'save' | 'restore', folder: string, patterns: readonly string[]): void {
    const store = join(this.origin.folder, 'cache');
    const [from, to] = direction === 'save' ? [folder, store] : [store, folder];
    if (direction === 'save') rmSync(store, { recursive: true, force: true });
    for (const path of patterns.flatMap((pattern) => matching(from, pattern)))
      cpSync(join(from, path), join(to, path), { recursive: true });
  }
}

/** A star stands for anything in the name of a file. */
function matching(folder: string, pattern: string): string[] {
  const [where, name] = [dirname(pattern), basename(pattern)];
  if (!existsSync(join(folder, where))) return [];
  const form = new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
  const names = readdirSync(join(folder, where)).filter((one) => form.test(one));
  return names.map((one) => join(where, one));
}

export interface Checkout {
  readonly branch: string;
  /** 0: the whole history. */
  readonly depth: number;
}

/** As actions/checkout does it: the branch is checked out, and its commit alone unless more was asked for. */
export function checkOutAsGitHub({ origin }: Forge, folder: string, { branch, depth }: Checkout): void {
  const begun = existsSync(folder);
  mkdirSync(folder, { recursive: true });
  if (!begun) runGit(folder, ['init', '-q']);
  if (!begun) runGit(folder, ['remote', 'add', 'origin', `file://${origin.origin}`]);
  const tip = origin.gitOrigin('rev-parse', branch);
  const one = ['--no-tags', `--depth=${depth}`, 'origin', `+${tip}:refs/remotes/origin/${branch}`];
  const all = ['origin', '+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];
  runGit(folder, ['fetch', '-q', '--prune', ...(depth === 0 ? all : one)]);
  runGit(folder, ['checkout', '-q', '--force', '-B', branch, `refs/remotes/origin/${branch}`]);
}

/** As the runner of GitLab does it: a commit is checked out, under a ref of the pipeline. */
export function checkOutAsGitLab({ origin }: Forge, folder: string, pipeline: number, what: Checkout): void {
  const begun = existsSync(join(folder, '.git'));
  mkdirSync(folder, { recursive: true });
  if (!begun) runGit(folder, ['init', '-q']);
  if (begun) runGit(folder, ['remote', 'remove', 'origin']);
  runGit(folder, ['remote', 'add', 'origin', `file://${origin.origin}`]);
  const tip = origin.gitOrigin('rev-parse', what.branch);
  const depth = what.depth === 0 ? [] : ['--depth', String(what.depth)];
  const refs = [`+${tip}:refs/pipelines/${pipeline}`, `+refs/heads/${what.branch}:refs/remotes/origin/${what.branch}`];
  runGit(folder, ['fetch', '-q', '--prune', ...depth, 'origin', ...refs]);
  runGit(folder, ['checkout', '-q', '-f', tip]);
  runGit(folder, ['clean', '-q', '-ffdx']);
}

/** What the second checkout of the recipes brings: this repository, in which `npm ci` was run already. */
export function bringToolbox(path: string): void {
  if (!existsSync(path)) symlinkSync(TOP, path);
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the lines of a job as runners do. */
export function runLines(script: string, cwd: string, env: Record<string, string>, flags: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync('bash', [...flags, '-c', script], {
    cwd,
    env,
    encoding: 'utf8',
    input: '',
  });
  return { status, stdout, stderr };
}

/** Returns the recipes of the page, each under the name of its file and of its job. */
export function recipesOf(page: string): Map<string, string> {
  const blocks = [...readFileSync(join(TOP, page), 'utf8').matchAll(/^```yaml\n# (\S+?),?(?: .*)?\n([\s\S]*?)^```$/gm)];
  return new Map(
    blocks.map(([, file = '', text = '']) => [`${file} ${/^(?:name: )?(\w+)/.exec(text)?.[1] ?? ''}`, text]),
  );
}
