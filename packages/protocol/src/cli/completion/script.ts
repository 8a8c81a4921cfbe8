import type { ProgramSpec } from '../program.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { completionModel } from './model.ts';
import type { Shell } from './shells.ts';
import { zshScript } from './zsh.ts';

/** Returns the script with which a shell completes the command line of a program. */
export function completionScript(program: ProgramSpec, shell: Shell): string {
  const model = completionModel(program);
  switch (shell) {
    case 'bash':
      return bashScript(model);
    case 'zsh':
      return zshScript(model);
    case 'fish':
      return fishScript(model);
  }
}
