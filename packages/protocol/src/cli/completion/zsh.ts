import { quoted } from '../shell-words.ts';
import { askedOffers, beginnings, nextWords, offerName } from './lookups.ts';
import type { CompletedCommand, CompletedOption, CompletionModel, Offer } from './model.ts';
import { askingScript } from './sources.ts';

/** Returns the completion for zsh, by its own `_arguments`; it serves as a file of $fpath as well. */
export function zshScript({ program, prefix, commands }: CompletionModel): string {
  const nodes = ['', ...beginnings(commands)];
  return `#compdef ${program}
# Completion of ${program} for zsh. In ~/.zshrc, below compinit:
#   source <(${program} completion zsh)
# or put it into a folder of $fpath as _${program}.

_${prefix}() {
  local at='' expects='' folder='' word=''
  local -a kept subcommands
  integer i operands=0
  kept=("$words[1]")
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    if [[ -n $expects ]]; then
      if [[ $expects == --repo ]]; then folder=\${(Q)word}; fi
      expects=''
    elif [[ $word == -- ]]; then
      # A command behind -- is completed as it is anywhere else.
      words=("\${(@)words[i + 1,-1]}")
      ((CURRENT -= i))
      _normal
      return
    elif [[ $word == -* ]]; then
      if [[ $word == --repo=* ]]; then folder=\${(Q)\${word#*=}}; fi
      if _${prefix}_takes "$word"; then expects=$word; fi
${timedBranch(commands)}    elif ((operands == 0)) && _${prefix}_begins "\${at:+$at }$word"; then
      at=\${at:+$at }$word
      continue
    else
      ((operands += 1))
    fi
    kept+=("$word")
  done
  if [[ $folder == '~/'* ]]; then folder=\${HOME-}/\${folder#*/}; fi
  words=("$kept[@]" "\${(@)words[CURRENT,-1]}")
  CURRENT=$(($#kept + 1))
  case $at in
${nodes.map((words) => nodeBranch(words, commands, prefix)).join('\n')}
  esac
}

# Whether these words are a command, or the first of one.
_${prefix}_begins() {
  case $1 in
    ${beginnings(commands).map(zshWord).join(' | ')}) return 0 ;;
  esac
  return 1
}

# Whether the next word is the value of this one.
_${prefix}_takes() {
  case "$at $1" in
${takingBranches(commands)}
  esac
  return 1
}

# What a program prints of the repository.
_${prefix}_ask() {
  local -a found expl
  case $1 in
${askedOffers(commands).map(askedBranch).join('\n')}
  esac
  _wanted words expl "$1" compadd -a found
}

if [[ \${funcstack[1]-} == _${program} ]]; then
  _${prefix} "$@"
elif ((\${+functions[compdef]})); then
  compdef _${prefix} ${program}
fi
`;
}

function nodeBranch(words: string, commands: readonly CompletedCommand[], prefix: string): string {
  const command = commands.find((one) => one.words === words);
  const next = nextWords(words, commands).map((word) => {
    const whole = words === '' ? word : `${words} ${word}`;
    const about = commands.find((one) => one.words === whole)?.about ?? groupAbout(whole, commands);
    return zshWord(`${word}:${about}`);
  });
  const specs = (command?.options ?? []).map((option) => optionSpec(option, prefix));
  const lines = [`    ${zshWord(words)})`];
  if (next.length > 0) {
    lines.push('      subcommands=(', ...next.map((word) => `        ${word}`), '      )');
    specs.push("': : _describe -t commands command subcommands'");
  }
  if (command !== undefined && command.operands.offer.kind !== 'nothing') {
    const { most, offer } = command.operands;
    specs.push(zshWord(`${most === 1 ? '' : '*'}: :${action(offer, prefix)}`));
  }
  const call = ['      _arguments -S', ...specs.map((spec) => `        ${spec}`)].join(' \\\n');
  return [...lines, call, '      ;;'].join('\n');
}

/** What is said of a word that only begins commands: which. */
function groupAbout(words: string, commands: readonly CompletedCommand[]): string {
  return nextWords(words, commands).join(', ');
}

function optionSpec({ word, about, takes, many, value, offer }: CompletedOption, prefix: string): string {
  const head = `${many ? '*' : ''}${word}`;
  const told = `[${about.replaceAll(/[[\]\\]/g, '\\$&')}]`;
  const message = value.replaceAll(/[:\\]/g, '\\$&').replaceAll(/[[\]=]/g, '');
  switch (takes) {
    case 'no value':
      return zshWord(`${head}${told}`);
    case 'a value':
      return zshWord(`${head}=${told}:${offer.kind === 'words' ? ' ' : message}:${action(offer, prefix)}`);
    case 'a value behind =':
      return zshWord(`${head}=-${told}::${message}: `);
  }
}

/** A time may be a word of its own behind its option; `_arguments` would take it for an operand. */
function timedBranch(commands: readonly CompletedCommand[]): string {
  const timed = commands.flatMap(({ options }) => options.filter(({ takes }) => takes === 'a value behind ='));
  if (timed.length === 0) return '';
  const names = [...new Set(timed.map(({ word }) => word))].join('|');
  return `    elif [[ $word == [0-9]* && $words[i-1] == (${names}) ]]; then\n      continue\n`;
}

function action(offer: Offer, prefix: string): string {
  switch (offer.kind) {
    case 'words':
      return `(${offer.words.join(' ')})`;
    case 'files':
      return '_files';
    case 'folders':
      return '_files -/';
    case 'commands':
      return '_cmdstring';
    case 'asked':
      // The blank keeps _arguments from putting words of its own behind the name.
      return ` _${prefix}_ask ${offerName(offer)}`;
    case 'nothing':
      return ' ';
  }
}

function takingBranches(commands: readonly CompletedCommand[]): string {
  return commands
    .map(({ words, options }) => {
      const taking = options.filter(({ takes }) => takes === 'a value');
      return `    ${taking.map(({ word }) => zshWord(`${words} ${word}`)).join(' | ')}) return 0 ;;`;
    })
    .join('\n');
}

function askedBranch(offer: Extract<Offer, { kind: 'asked' }>): string {
  return `    ${zshWord(offerName(offer))}) found=(\${(f)"$(sh -c ${quoted(askingScript(offer.sources))} sh "$folder")"}) ;;`;
}

function zshWord(word: string): string {
  return word === quoted(word) ? `'${word}'` : quoted(word);
}
