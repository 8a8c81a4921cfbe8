import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '../contract/failure.ts';
import { programOnPath } from './find-executable.ts';
import { checkoutOf, installHint } from './install-hint.ts';

export type SiblingName = 'ralph-lock' | 'ralph-state' | 'ralph-worker' | 'ralph-integrate' | 'ralph-orchestrate';

/** Where we are ourselves. */
export interface OwnPlace {
  /** Address of the running bundle: it lies in the folder `dist` of its package. */
  readonly module: string;
  /** The command that we were started as. */
  readonly program: string | undefined;
}

/**
 * Returns the command that starts a sibling: from the folder in `RALPH_EXEC_PATH`, from the package beside our own (by
 * its folder in the workspace, or by its name where packages are installed), from beside the command that we were
 * started as, or from the absolute folders of PATH.
 *
 * @throws Failure `command_not_found` when it is nowhere
 */
export function siblingCommand(
  name: SiblingName,
  own: OwnPlace = { module: import.meta.url, program: process.argv[1] },
): readonly string[] {
  const chosen = process.env['RALPH_EXEC_PATH'];
  if (chosen !== undefined && existsSync(join(chosen, name))) return [join(chosen, name)];
  const script = [name.replace('ralph-', ''), name]
    .map((folder) => fileURLToPath(new URL(`../../${folder}/bin/${name}.cjs`, own.module)))
    .find((path) => existsSync(path));
  if (script !== undefined) return [process.execPath, script];
  const beside = own.program === undefined ? undefined : join(dirname(own.program), name);
  const found = beside !== undefined && existsSync(beside) ? beside : programOnPath(name);
  if (found === undefined) {
    throw new Failure('command_not_found', `${name} is neither installed beside this program nor on PATH`, {
      hint: installHint(1, checkoutOf(own.module)),
    });
  }
  return startOf(found, name);
}

/** What npm links is a script of ours, for which the Node that runs us serves: there may be none on PATH, or an old one. */
function startOf(path: string, name: SiblingName): readonly string[] {
  const script = realpathSync(path);
  return basename(script) === `${name}.cjs` ? [process.execPath, script] : [path];
}
