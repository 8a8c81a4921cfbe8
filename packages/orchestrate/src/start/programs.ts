import { dirname, join } from 'node:path';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { VERSION } from '@ralph/protocol/cli/version';
import { Failure, isFailure } from '@ralph/protocol/contract/failure';
import type { PreflightFinding } from '@ralph/protocol/contract/preflight-report';
import { bytesOfFile } from '@ralph/protocol/process/read-open-file';
import { checkoutOf, installCommand, installHint } from '@ralph/protocol/process/install-hint';
import { siblingCommand, type SiblingName } from '@ralph/protocol/process/sibling-command';

export const SIBLINGS: readonly SiblingName[] = ['ralph-lock', 'ralph-state', 'ralph-worker', 'ralph-integrate'];

/** A sibling: how it is started, and its version. */
export interface Found {
  readonly name: SiblingName;
  /** Nothing when it is nowhere. */
  readonly command: readonly string[] | undefined;
  /** Nothing when it is not known, or could not be started. */
  readonly version: string | undefined;
}

/**
 * Says whether all siblings are there, and of our own version. Pure.
 *
 * @param checkout where our own bundle was built; nothing where it was installed
 */
export function judgePrograms(found: readonly Found[], checkout: string | undefined): PreflightFinding {
  const missing = found.filter(({ version }) => version === undefined);
  if (missing[0] !== undefined) {
    const nowhere = missing.filter(({ command }) => command === undefined);
    const asked = `${commandLine([...(missing[0].command ?? []), '--version'])}  # says why it does not start`;
    return {
      check: 'programs',
      level: 'error',
      code: 'command_not_found',
      message: `not found, or not to be started: ${missing.map(({ name }) => name).join(', ')}`,
      hint: nowhere.length === 0 ? asked : installHint(nowhere.length, checkout),
    };
  }
  const others = found.filter(({ version }) => version !== VERSION);
  if (others.length === 0) {
    return { check: 'programs', level: 'ok', message: `all five programs are there, version ${VERSION}` };
  }
  const named = others.map(({ name, version }) => `${name} ${version ?? ''}`).join(', ');
  return {
    check: 'programs',
    level: 'warning',
    message: `ralph-orchestrate is ${VERSION}, but others are not: ${named}`,
    hint: `${installCommand(checkout)}  # all five together; see RALPH_EXEC_PATH, too`,
  };
}

/**
 * Says where the sources of a checkout have another version than what was built in it: what their manifests say is not what
 * runs. Pure.
 *
 * @param sources the version that they have; nothing where it is not known
 */
export function judgeBuild(sources: string | undefined, checkout: string | undefined): readonly PreflightFinding[] {
  if (checkout === undefined || sources === undefined || sources === VERSION) return [];
  const message = `the sources in ${checkout} are ${sources}, but the programs were built of ${VERSION}`;
  return [{ check: 'programs', level: 'warning', message, hint: installCommand(checkout) }];
}

/** Returns how a sibling is started; nothing when it is nowhere. */
export function commandOf(name: SiblingName): readonly string[] | undefined {
  try {
    return siblingCommand(name);
  } catch (error) {
    if (isFailure(error)) return undefined;
    throw error;
  }
}

/**
 * Looks at the siblings before a run starts any, by what lies beside them: to ask each of them would cost a start.
 *
 * @param onNote gets a warning where their packages are of another version than our own
 * @throws Failure `command_not_found` with all that are nowhere
 */
export function requirePrograms(onNote: (line: string) => void): void {
  const checkout = checkoutOf();
  const found = SIBLINGS.map((name) => {
    const command = commandOf(name);
    return { name, command, version: command === undefined ? undefined : versionOf(command, checkout) };
  });
  const programs = judgePrograms(found, checkout);
  if (programs.level === 'error') {
    throw new Failure('command_not_found', programs.message, { hint: programs.hint ?? '' });
  }
  const sources = checkout === undefined ? undefined : manifestVersion(checkout);
  for (const { level, message, hint = '' } of [programs, ...judgeBuild(sources, checkout)]) {
    if (level === 'warning') onNote(`ralph-orchestrate: warning: ${message}\n  next: ${hint}`);
  }
}

/** What is in our own checkout was built with us, whatever its manifest says since; of a stranger nothing is known. */
function versionOf([, script]: readonly string[], checkout: string | undefined): string {
  if (script === undefined || (checkout !== undefined && script.startsWith(`${checkout}/`))) return VERSION;
  return manifestVersion(join(dirname(script), '..')) ?? VERSION;
}

/** Returns the version of the package in a folder; nothing where there is none to be read. */
function manifestVersion(folder: string): string | undefined {
  try {
    const { version } = JSON.parse(bytesOfFile(join(folder, 'package.json')).toString()) as { version?: unknown };
    return version === undefined ? undefined : String(version);
  } catch {
    return undefined;
  }
}
