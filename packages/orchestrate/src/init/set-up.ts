import { existsSync, lstatSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { configFile } from '@ralph/protocol/contract/config-file';
import { jsonSchema } from '@ralph/protocol/contract/schemas';
import { replaceFile } from '@ralph/protocol/process/durable-file';
import { parseJsonc, readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import type { Repository } from '@ralph/protocol/process/repository';
import { callSibling } from '@ralph/protocol/process/sibling';
import { configText } from './config-text.ts';
import { withRules } from './ignore-rules.ts';
import { requireOwn } from './require-own.ts';
import { trustText } from '../settings/trust.ts';

/** What became of one part of the set-up, or would become of it. */
export interface SetUpStep {
  readonly step: 'queue' | 'config' | 'ignore_rules' | 'trust';
  readonly path: string;
  readonly action: 'created' | 'added' | 'exists' | 'would_create' | 'would_add' | 'skipped';
  readonly rules?: readonly string[];
  /** With --dry-run: what would be written. */
  readonly content?: string;
}

/** What is to be set up, once everything has been asked. */
export interface SetUp {
  readonly repo: Required<Repository>;
  readonly dryRun: boolean;
  /** Rules that git does not have yet, and the file that they go to; no file for nowhere. */
  readonly rules: readonly string[];
  readonly ignoreFile: string | undefined;
  /** Whether commands of the configuration may be run; nothing where it is left as it is. */
  readonly trust: boolean;
}

/**
 * Sets a repository up; what is there already stays as it is, except that trust is given where it was asked for.
 *
 * @throws Failure `config_invalid` where a symlink stands in the way; nothing is written then
 */
export async function setUp(plan: SetUp): Promise<readonly SetUpStep[]> {
  const { repo, ignoreFile, trust } = plan;
  const own = trust ? RALPH_PATHS.trust : dirname(RALPH_PATHS.config);
  requireOwn(repo.root, ignoreFile === join(repo.root, '.gitignore') ? [own, '.gitignore'] : [own]);
  return [await makeQueue(plan), await makeConfig(plan), await addRules(plan), await giveTrust(plan)];
}

async function makeQueue({ repo, dryRun }: SetUp): Promise<SetUpStep> {
  const words = ['task', 'init', '--repo', repo.root, ...(dryRun ? ['--dry-run'] : [])];
  const [made] = await callSibling('ralph-state', words);
  return { step: 'queue', path: String(made?.['path']), action: made?.['action'] as SetUpStep['action'] };
}

async function makeConfig({ repo, dryRun }: SetUp): Promise<SetUpStep> {
  const path = join(repo.root, RALPH_PATHS.config);
  if (isThere(path)) return { step: 'config', path, action: 'exists' };
  const content = configText(jsonSchema('config-file', configFile));
  if (dryRun) return { step: 'config', path, action: 'would_create', content };
  await replaceFile(path, content);
  return { step: 'config', path, action: 'created' };
}

async function addRules({ repo, dryRun, rules, ignoreFile }: SetUp): Promise<SetUpStep> {
  const step = 'ignore_rules';
  const path = ignoreFile ?? join(repo.gitDir, 'info/exclude');
  if (rules.length === 0) return { step, path, action: 'exists' };
  if (ignoreFile === undefined) return { step, path, action: 'skipped', rules };
  if (dryRun) return { step, path, action: 'would_add', rules };
  await replaceFile(path, withRules(readTextIfPresent(path) ?? '', rules));
  return { step, path, action: 'added', rules };
}

async function giveTrust({ repo, dryRun, trust }: SetUp): Promise<SetUpStep> {
  const path = join(repo.root, RALPH_PATHS.trust);
  const step = 'trust';
  const text = readTextIfPresent(path);
  if (!trust) return { step, path, action: text === undefined ? 'skipped' : 'exists' };
  const before = text === undefined ? {} : ((await parseJsonc(text, path, 'config_invalid')) as object);
  if ((before as { allow_project_commands?: unknown }).allow_project_commands === true) {
    return { step, path, action: 'exists' };
  }
  const after = { ...before, allow_project_commands: true };
  const content = text === undefined ? trustText() : `${JSON.stringify(after, null, 2)}\n`;
  if (dryRun) return { step, path, action: 'would_create', content };
  await replaceFile(path, content, { mode: 0o600 });
  return { step, path, action: 'created' };
}

/** Also a link to nothing is there. */
function isThere(path: string): boolean {
  return existsSync(path) || lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Returns a step as a person reads it. Pure. */
export function stepText(root: string, { step, path, action, rules = [], content }: SetUpStep): string {
  const file = path.startsWith(root) ? relative(root, path) : path;
  const named = rules.map((rule) => `    ${rule}\n`).join('');
  const written = content === undefined ? '' : content.replaceAll(/^(?=.)/gm, '    ');
  return `${action.replace('_', ' ').padEnd(12)} ${step.replace('_', ' ')}: ${file}\n${named}${written}`;
}
