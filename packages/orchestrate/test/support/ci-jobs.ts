import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import {
  bringToolbox,
  checkOutAsGitHub,
  checkOutAsGitLab,
  runLines,
  TOP,
  type Ended,
  type Forge,
} from './ci-machine.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly 'working-directory'?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string | number>>;
}

interface GitHubWorkflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

interface GitLabJob {
  readonly script: readonly string[];
  readonly variables: { readonly GIT_DEPTH: number };
  readonly cache?: { readonly paths: readonly string[] };
  readonly artifacts?: { readonly paths: readonly string[] };
  readonly allow_failure?: { readonly exit_codes: readonly number[] };
}

export interface Job {
  readonly machine: string;
  readonly branch: string;
  /** Number of the run or pipeline. */
  readonly number: number;
  /** In place of that of the recipe. */
  readonly depth?: number;
}

export interface JobEnd extends Ended {
  readonly isGreen: boolean;
  /** What is uploaded. */
  readonly artifacts: readonly string[];
}

/** Runs the only job of a workflow: its steps one by one, those of others by what they are known to do. */
export function runOnGitHub(forge: Forge, text: string, { machine, branch, number, depth }: Job): JobEnd {
  const { jobs } = parse(text) as GitHubWorkflow;
  const paths = join(machine, '..', 'github-path');
  appendFileSync(paths, '');
  const ends: Ended[] = [];
  const artifacts: string[] = [];
  const failed = () => ends.find(({ status }) => status !== 0);
  for (const step of Object.values(jobs)[0]?.steps ?? []) {
    if (failed() !== undefined && step.if !== 'always()') continue;
    const path = String(step.with?.['path'] ?? '.');
    const asked = depth ?? Number(step.with?.['fetch-depth'] ?? 1);
    switch (step.uses?.replace(/@v\d+$/, '')) {
      case 'actions/checkout':
        if (step.with?.['repository'] !== undefined) bringToolbox(join(machine, path));
        else checkOutAsGitHub(forge, join(machine, path), { branch, depth: asked });
        break;
      case 'actions/setup-node':
        break;
      case 'actions/cache/restore':
        forge.cache('restore', machine, path.trim().split('\n'));
        break;
      case 'actions/cache/save':
        forge.cache('save', machine, path.trim().split('\n'));
        break;
      case 'actions/upload-artifact':
        if (existsSync(join(machine, path))) artifacts.push(path);
        break;
      case undefined: {
        const added = readFileSync(paths, 'utf8')
          .split('\n')
          .filter((line) => line !== '');
        const env = forge.environment();
        const own = { GITHUB_PATH: paths, GITHUB_REF_NAME: branch, GITHUB_RUN_NUMBER: String(number), ...step.env };
        const PATH = [...added.toReversed(), env['PATH']].join(delimiter);
        const cwd = join(machine, step['working-directory'] ?? '.');
        ends.push(runLines(step.run ?? '', cwd, { ...env, ...own, PATH }, ['-e', '-o', 'pipefail']));
        break;
      }
      default:
        throw new Error(`nobody knows what ${String(step.uses)} does`);
    }
  }
  const said = (key: 'stdout' | 'stderr') => ends.map((end) => end[key]).join('');
  const status = failed()?.status ?? 0;
  return { status, stdout: said('stdout'), stderr: said('stderr'), isGreen: status === 0, artifacts };
}

/** Runs the only job of a pipeline: its lines as one script. */
export function runOnGitLab(forge: Forge, text: string, { machine, branch, number, depth }: Job): JobEnd {
  const job = Object.values(parse(text) as Record<string, GitLabJob>)[0];
  if (job === undefined) throw new Error('the recipe has no job');
  const folder = join(machine, 'project');
  checkOutAsGitLab(forge, folder, number, { branch, depth: depth ?? job.variables.GIT_DEPTH });
  forge.cache('restore', folder, job.cache?.paths ?? []);
  const variables = { CI_COMMIT_BRANCH: branch, CI_PIPELINE_IID: String(number), RALPH_TOOLBOX: TOP };
  // What is cloned has no programs in it before npm has run: they are taken from where it was run.
  const lines = job.script.map((line) =>
    line.replace(/^git clone .*$/, 'rmdir "$toolbox" && ln -s "$RALPH_TOOLBOX" "$toolbox"'),
  );
  const end = runLines(lines.join('\n'), folder, { ...forge.environment(), ...variables }, ['-e']);
  forge.cache('save', folder, job.cache?.paths ?? []);
  const isGreen = end.status === 0 || job.allow_failure?.exit_codes.includes(end.status ?? -1) === true;
  return { ...end, isGreen, artifacts: (job.artifacts?.paths ?? []).filter((path) => existsSync(join(folder, path))) };
}
