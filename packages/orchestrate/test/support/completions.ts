import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import type { Shell } from '@ralph/protocol/cli/completion/shells';
import type { SiblingName } from '@ralph/protocol/process/sibling-command';
import { builtProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';

export const PROGRAMS: readonly SiblingName[] = [
  'ralph-lock',
  'ralph-state',
  'ralph-worker',
  'ralph-integrate',
  'ralph-orchestrate',
];

/** What a shell does with lines of $TYPED when Tab is typed behind each: it prints a number sign, and then what it offers. */
const READERS: Readonly<Record<Shell, string>> = {
  // Bash cuts words at = too.
  bash: `set -eu
for one in "$SCRIPTS"/*; do . "$one"; done
while IFS= read -r line; do
  IFS=' ' read -r -a COMP_WORDS <<< "\${line//=/ = }"
  if [[ $line == *' ' ]]; then COMP_WORDS+=(''); fi
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)) COMP_LINE=$line COMP_POINT=\${#line}
  "_\${COMP_WORDS[0]//-/_}"
  printf '%s\\n' '#' \${COMPREPLY[@]+"\${COMPREPLY[@]}"}
done <<< "$TYPED"`,
  // A terminal of its own, in which what is given to compadd is written down.
  zsh: `zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'autoload -Uz compinit; compinit -u -D; setopt nounset; for one in $SCRIPTS/*; do . $one; done
compadd() {
  local -a _seen; local _one
  for _one; do case $_one in -[OAD]*) builtin compadd "$@"; return ;; -|--) break ;; esac; done
  builtin compadd -O _seen "$@"; print -rl -- $_seen >>$FOUND
  builtin compadd "$@"
}
note() { _main_complete; print READ-$((6 * 7)) }
zle -C note list-choices note; bindkey "^I" note'
for typed in "\${(@f)TYPED}"; do
  print '#' >>$FOUND
  zpty -w -n shell "$typed"$'\\t'
  while zpty -r shell line; do if [[ $line == *READ-42* ]]; then break; fi; done
  zpty -w -n shell $'\\025'
done
zpty -d shell
cat $FOUND`,
  fish: `for one in $SCRIPTS/*; source $one; end
for line in (string split \\n -- $TYPED); echo '#'; complete -C $line; end`,
};

/** Completions of all programs in one shell, in a folder. */
export class Completions {
  readonly #shell: Shell;
  readonly #folder: string;
  readonly #env: Record<string, string>;

  private constructor(shell: Shell, folder: string, env: Record<string, string>) {
    this.#shell = shell;
    this.#folder = folder;
    this.#env = env;
  }

  /** Skips the test where there is no such shell. @param folder where its files may be */
  static of(context: TestContext, shell: Shell, folder: string): Completions {
    if (spawnSync(shell, ['-c', 'true']).status !== 0) context.skip(`${shell} is missing`);
    const bin = programsOnPath(folder);
    const scripts = join(folder, 'scripts');
    const env = { ...testEnvironment(bin), TERM: 'dumb', SCRIPTS: scripts, FOUND: join(folder, 'found'), HOME: folder };
    mkdirSync(scripts);
    for (const name of PROGRAMS) {
      const { stdout } = spawnSync(name, ['completion', shell], { env, encoding: 'utf8' });
      writeFileSync(join(scripts, name), stdout);
    }
    return new Completions(shell, folder, env);
  }

  /** Returns what the shell offers for the last word of each line, in order, and what it said on stderr. @param flags of the shell */
  offered(lines: readonly string[], cwd: string, flags: readonly string[] = []): { words: string[][]; stderr: string } {
    writeFileSync(join(this.#folder, 'found'), '');
    const { stdout, stderr } = spawnSync(this.#shell, [...flags, '-c', READERS[this.#shell]], {
      cwd,
      env: { ...this.#env, TYPED: lines.join('\n') },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const parts = stdout.split(/^#$/m).slice(1);
    return { words: lines.map((line, index) => offeredWords(line, parts[index] ?? '')), stderr };
  }

  /** Returns what the shell says of the scripts when it only reads them. */
  mistakes(): string {
    return PROGRAMS.map((name) => {
      const { status, stderr } = spawnSync(this.#shell, ['-n', join(this.#env['SCRIPTS'] ?? '', name)], {
        env: this.#env,
        encoding: 'utf8',
      });
      return status === 0 ? stderr : `${name}: ${stderr}`;
    }).join('');
  }
}

function offeredWords(line: string, printed: string): string[] {
  const typed = line.slice(Math.max(line.lastIndexOf(' '), line.lastIndexOf('=')) + 1);
  const words = printed.split('\n').map((row) => row.replace(/\t.*/, '').replace(/^--[a-z-]+=(?=.)/, ''));
  // Fish also offers what has the typed letters anywhere, in their order.
  const begun = words.filter((word) => word !== '' && word.startsWith(typed));
  return [...new Set(begun)].toSorted();
}

/** Puts the five built programs into a folder for PATH and returns it. */
export function programsOnPath(folder: string): string {
  for (const name of PROGRAMS) scriptedCommand(folder, name, `exec "${process.execPath}" "${builtProgram(name)}" "$@"`);
  return join(folder, 'bin');
}
