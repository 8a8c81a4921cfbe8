import type { Call } from '@ralph/protocol/cli/program';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { readParallelConfig } from '@ralph/protocol/process/parallel-config';
import type { RUN_OPTIONS } from '../options.ts';
import { loopPolicy, type LoopPolicy } from './loop-policy.ts';
import { publishingOf, publishWords, type Publishing } from './publishing.ts';
import { resolveSettings, unusedKeys, type Settings } from './settings.ts';

type RunCall = Call<typeof RUN_OPTIONS>;

/** Everything that a run is told, before it has looked at the repository. */
export interface RunPlan {
  readonly root: string;
  readonly settings: Settings;
  readonly targetBranch: string | undefined;
  readonly command: readonly string[];
  readonly ci: string | undefined;
  readonly publishing: Publishing;
  /** 0 means without limit. */
  readonly maxTasks: number;
  readonly loop: LoopPolicy;
  /** How long another run is waited for, in seconds: Infinity without limit, nothing not to wait. */
  readonly waitForLock: number | undefined;
  /** What the two siblings are told that need no more knowledge than this. */
  readonly words: { readonly worker: readonly string[]; readonly integrator: readonly string[] };
}

/**
 * Reads flags and configuration into one plan; nothing has been looked at or changed yet.
 *
 * @throws Failure `not_a_repository`, `usage`, `config_invalid`
 */
export async function planRun(call: RunCall): Promise<RunPlan> {
  const { args, command } = call;
  const publishing = publishingOf(args);
  const loop = loopPolicy(args);
  const { root } = findGitRepository(args.repo);
  const resolver = resolverWords(call);
  const settings = await settingsOf(call, root);
  const push = ['--max-attempts', String(settings.maxPushAttempts)];
  const pauses = ['--backoff', settings.pushBackoffMs.join(',') || '0'];
  return {
    root,
    settings,
    targetBranch: args['target-branch'],
    command,
    ci: args.ci,
    publishing,
    maxTasks: args['max-tasks'] ?? 0,
    loop,
    waitForLock: args.wait ?? (args['on-busy'] === 'wait' ? Number.POSITIVE_INFINITY : undefined),
    words: {
      worker: [
        '--jobs',
        String(settings.workers),
        ...given('--timeout', args.timeout),
        ...given('--rate-limit', loop.rateLimit),
      ],
      integrator: [
        ...push,
        ...pauses,
        ...given('--ci', args.ci),
        ...given('--ci-timeout', args['ci-timeout']),
        ...publishWords(publishing),
        ...resolver,
      ],
    },
  };
}

function given(flag: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [flag, String(value)];
}

async function settingsOf({ args, output }: RunCall, root: string): Promise<Settings> {
  const config = await readParallelConfig(root);
  for (const key of unusedKeys(config)) output.note(`ralph-orchestrate: parallel.${key} has no effect in this version`);
  return resolveSettings({ workers: args.workers, workspaceRoot: args['workspace-root'] }, config, root);
}

/**
 * Reads what mends a conflict or a red gate.
 *
 * @throws Failure `usage` when a resolver is both given and refused
 */
function resolverWords({ args, program }: RunCall): string[] {
  const command = args.resolver;
  const isOff = args['no-resolver'];
  if (isOff && command !== undefined) throw usageFailure(program, '--resolver and --no-resolver exclude each other');
  return [
    ...given('--resolver', command),
    ...(isOff ? ['--no-resolver'] : []),
    ...given('--resolver-attempts', args['resolver-attempts']),
  ];
}
