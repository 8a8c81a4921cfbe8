import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { PHASES, type Phase } from '@ralph/protocol/contract/phases';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { linkOnTheWay } from '@ralph/protocol/process/workspace-file';
import { BUILT_IN_TEMPLATES } from './built-in-templates.ts';
import { templateProblem } from './render-prompt.ts';

export type Templates = Readonly<Record<Phase, string>>;

/**
 * Reads the templates of a repository, `.ralph/prompts/PHASE.md`; where it has none, the built-in one counts.
 *
 * @throws Failure `config_invalid` where one names what there is not, or is empty; `permission`, `io`
 */
export function readTemplates(root: string): Templates {
  const read = (phase: Phase) => {
    const path = join(root, RALPH_PATHS.prompts, `${phase}.md`);
    requirePlain(root, path);
    const own = readTextIfPresent(path);
    if (own === undefined) return BUILT_IN_TEMPLATES[phase];
    const problem = templateProblem(own);
    if (problem === undefined) return own;
    throw new Failure('config_invalid', `${path}:${problem.line}: ${problem.text}`, {
      hint: `mend ${path}, or remove it`,
    });
  };
  return Object.fromEntries(PHASES.map((phase) => [phase, read(phase)])) as Record<Phase, string>;
}

/** A link that somebody has landed, at any step, would hand on a file of the user's. */
function requirePlain(root: string, path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  const link = found.isSymbolicLink() ? path : linkOnTheWay(root, path);
  if (link === undefined) return;
  throw new Failure('config_invalid', `${link} is a symlink: templates are not read through one`, {
    hint: commandLine(['ls', '-l', link]),
  });
}
