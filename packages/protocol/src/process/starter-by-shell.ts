import { commandLine, quoted } from '../cli/shell-words.ts';
import type { StarterKind } from './starter-kind.ts';

/** Some shells only wait for what has ended when they are asked about it. */
const REAP = 'jobs >/dev/null';

/** Starts commands by a small shell, where there is no perl; `setsid` must be on PATH. */
export const STARTER_BY_SHELL: StarterKind = {
  program: 'sh',
  args: ['-s'],
  environment: (env) => env,
  begin: () => '',
  // The status comes from a shell around the command, since the first one must go on reading.
  text: (number, { command, cwd, env }, { inPath, outPath, errPath }) => {
    const settings = Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}; `);
    const redirections = `<${quoted(inPath)} >${quoted(outPath)} 2>${quoted(errPath)}`;
    return [
      `{ cd ${quoted(cwd)} || { echo "ended ${number} 125"; exit; }; ${settings.join('')}`,
      `setsid ${commandLine(command)} ${redirections} & echo "began ${number} $!"; `,
      `wait $!; echo "ended ${number} $?"; } &\n${REAP}\n`,
    ].join('');
  },
};
