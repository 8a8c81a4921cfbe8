import { join } from 'node:path';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import { findGitRepository, type Repository } from '@ralph/protocol/process/repository';
import { askOnTerminal, type Ask } from '../init/ask.ts';
import type { INIT_OPTIONS } from '../init/init-options.ts';
import { setUp, stepText, type SetUpStep } from '../init/set-up.ts';
import { askTrust } from '../settings/trust.ts';
import { report } from '../start/report.ts';

type InitCall = Call<typeof INIT_OPTIONS>;

/** `ralph-orchestrate init`: sets a repository up, and touches nothing that is there. */
export async function run(call: InitCall): Promise<Result> {
  const { args, output, stop } = call;
  if (args.trust && args['no-trust']) throw usageFailure(call.program, '--trust and --no-trust exclude each other');
  const repo = findGitRepository(args.repo);
  const dryRun = args['dry-run'];
  const ask = dryRun ? undefined : askOnTerminal(stop.signal);
  const rules = await missingRules(repo.root);
  const ignoreFile = rules.length === 0 ? undefined : await chooseFile(call, repo, rules, ask);
  const trust = await chooseTrust(call, repo.root, ask);
  const steps = await setUp({ repo, dryRun, rules, ignoreFile, trust });
  const text = steps.map((step) => stepText(repo.root, step)).join('');
  if (output.format !== 'table') return { records: steps };
  return { records: steps, text: `${text}${nextText(repo.root, steps)}` };
}

/** Asks ralph-worker which rules git does not have yet. */
async function missingRules(root: string): Promise<readonly string[]> {
  const reported = await report('ralph-worker', ['--survey', '--repo', root], () => {});
  if ('failed' in reported) throw reported.failed;
  const { facts = {} } = reported.findings.find(({ check }) => check === 'ignored_runtime_files') ?? {};
  return (facts['missing'] ?? []) as readonly string[];
}

/** Rules are shown before they are written; a user's .gitignore is not touched unless he says so. */
async function chooseFile(
  { args, output }: InitCall,
  repo: Required<Repository>,
  rules: readonly string[],
  ask: Ask | undefined,
): Promise<string | undefined> {
  const ours = join(repo.root, '.gitignore');
  const own = join(repo.gitDir, 'info/exclude');
  const chosen = args.gitignore ? ours : own;
  output.note(`git does not ignore these files of a run yet:\n${rules.map((rule) => `    ${rule}`).join('\n')}`);
  if (args.gitignore || ask === undefined) {
    output.note(`the rules go to ${chosen}${args['dry-run'] ? ' (not now: --dry-run)' : ''}`);
    return chosen;
  }
  const answer = await ask(`write them to [e] ${own}, [g] ${ours}, or [n] nowhere? [e] `);
  if (answer.startsWith('g')) return ours;
  return answer.startsWith('n') ? undefined : own;
}

async function chooseTrust({ args, output }: InitCall, root: string, ask: Ask | undefined): Promise<boolean> {
  if (args.trust || args['no-trust']) return args.trust;
  if (ask === undefined) {
    if (!args['dry-run']) output.note('commands of the configuration are not trusted: ralph-orchestrate init --trust');
    return false;
  }
  if ((await askTrust(root)).trusted) return false;
  const answer = await ask(
    'may .ralph/config.jsonc, as it is now or as others will change it, run commands here (agent, gate, resolver)? [y/N] ',
  );
  return answer === 'y' || answer === 'yes';
}

function nextText(root: string, steps: readonly SetUpStep[]): string {
  const ignored = steps.some(({ path, action }) => action === 'added' && path === join(root, '.gitignore'));
  const commit = `${commandLine(['git', '-C', root, 'add', '.gitignore'])} && ${commandLine(['git', '-C', root, 'commit', '-m', 'Ignore files of ralph runs'])}`;
  return [
    ...(ignored ? [`next: ${commit}\n`] : []),
    'next: ralph-state task add --title "What is to be done"\n',
    'next: ralph-orchestrate doctor\n',
  ].join('');
}
