import { dirname, join } from 'node:path';
import { VERSION } from '@ralph/protocol/cli/version';
import { Failure, isFailure } from '@ralph/protocol/contract/failure';
import type { PreflightFinding } from '@ralph/protocol/contract/preflight-report';
import { bytesOfFile } from '@ralph/protocol/process/read-open-file';
import { installHint, siblingCommand, type SiblingName } from '@ralph/protocol/process/sibling-command';

export const SIBLINGS: readonly SiblingName[] = ['ralph-lock', 'ralph-state', 'ralph-worker', 'ralph-integrate'];

/** A sibling: how it is started, and its version. */
export interface Found {
  readonly name: SiblingName;
  /** Nothing when it is nowhere. */
  readonly command: readonly string[] | undefined;
  /** Nothing when it is not known, or could not be started. */
  readonly version: string | undefined;
}

/** Says whether all siblings are there, and of our own version. Pure. */
export function judgePrograms(found: readonly Found[]): PreflightFinding {
  const missing = found.filter(({ version }) => version === undefined);
  if (missing[0] !== undefined) {
    const nowhere = missing.filter(({ command }) => command === undefined).map(({ name }) => name);
    const asked = `${(missing[0].command ?? []).join(' ')} --version  # or name the folder that has them in RALPH_EXEC_PATH`;
    return {
      check: 'programs',
      level: 'error',
      code: 'command_not_found',
      message: `not found, or not to be started: ${missing.map(({ name }) => name).join(', ')}`,
      hint: nowhere.length === 0 ? asked : installHint(nowhere),
    };
  }
  const others = found.filter(({ version }) => version !== VERSION);
  if (others[0] === undefined) {
    return { check: 'programs', level: 'ok', message: `all five programs are there, version ${VERSION}` };
  }
  const named = others.map(({ name, version }) => `${name} ${version ?? ''}`).join(', ');
  return {
    check: 'programs',
    level: 'warning',
    message: `ralph-orchestrate is ${VERSION}, but others are not: ${named}`,
    hint: `${(others[0].command ?? []).join(' ')} --version  # install all five together, and see RALPH_EXEC_PATH`,
  };
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
  const found = SIBLINGS.map((name) => {
    const command = commandOf(name);
    return { name, command, version: command === undefined ? undefined : (packageVersion(command) ?? VERSION) };
  });
  const { level, message, hint = '' } = judgePrograms(found);
  if (level === 'error') throw new Failure('command_not_found', message, { hint });
  if (level === 'warning') onNote(`ralph-orchestrate: warning: ${message}\n  next: ${hint}`);
}

/** Returns the version of the package that a command is of; nothing for a command that is no script of ours. */
function packageVersion([, script]: readonly string[]): string | undefined {
  if (script === undefined) return undefined;
  try {
    const text = bytesOfFile(join(dirname(script), '../package.json')).toString();
    return String((JSON.parse(text) as { version?: unknown }).version);
  } catch {
    return undefined;
  }
}
