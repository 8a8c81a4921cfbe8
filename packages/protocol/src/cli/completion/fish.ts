import { askedOffers, beginnings, nextWords, offerName } from './lookups.ts';
import type { CompletedCommand, CompletedOption, CompletionModel, Offer } from './model.ts';
import { askingScript } from './sources.ts';

/** Returns the completion for fish: one function that prints what may stand at the cursor, each word with what it means. */
export function fishScript({ program, prefix, commands }: CompletionModel): string {
  return `# Completion of ${program} for fish. In ~/.config/fish/config.fish:
#   ${program} completion fish | source
# or put it into ~/.config/fish/completions/${program}.fish.

function __${prefix}
    set -l words (commandline -opc)
    set -l cur (commandline -ct)
    # Fish runs a substitution to complete a command, and here it stands where one is.
    string match -q -- '*(*' $cur; and return
    set -l at ''
    set -l expects ''
    set -l folder ''
    set -l operands 0
    set -l used
    set -e words[1]
    while set -q words[1]
        set -l word $words[1]
        set -e words[1]
        if test -n "$expects"
            test "$expects" = --repo; and set folder $word
            set expects ''
        else if test "$word" = --
            # A command behind -- is completed as it is anywhere else.
            complete -C (string join ' ' -- (string escape -- $words) $cur | string collect)
            return
        else if string match -q -- '--*=*' $word
            set -l parts (string split -m 1 = -- $word)
            __${prefix}_repeats "$at" $parts[1]; or set -a used $parts[1]
            test "$parts[1]" = --repo; and set folder $parts[2]
        else if string match -q -- '-*' $word
            __${prefix}_repeats "$at" $word; or set -a used $word
            __${prefix}_takes "$at" $word; and set expects $word
        else if test $operands -eq 0; and __${prefix}_begins (string trim -- "$at $word")
            set at (string trim -- "$at $word")
        else
            set operands (math $operands + 1)
        end
    end
    if string match -q -- '~/*' $folder
        set folder $HOME/(string sub -s 3 -- $folder)
    end
    if test -n "$expects"
        __${prefix}_value "$at" $expects "$folder" '' "$cur"
    else if string match -q -- '--*=*' $cur
        set -l parts (string split -m 1 = -- $cur)
        __${prefix}_value "$at" $parts[1] "$folder" "$parts[1]=" "$parts[2]"
    else if string match -q -- '-*' $cur
        __${prefix}_options "$at" | while read -l line
            contains -- (string split \\t -- $line)[1] $used; or echo $line
        end
    else
        __${prefix}_operands "$at" $operands "$folder"
    end
end

# Whether these words are a command, or the first of one.
function __${prefix}_begins
    contains -- "$argv" ${beginnings(commands).map(fishWord).join(' ')}
end

# Whether the next word is the value of this one.
function __${prefix}_takes
    switch "$argv"
${labelled(commands, ({ takes }) => takes === 'a value')}
    end
    return 1
end

# Whether an option may be given again.
function __${prefix}_repeats
    switch "$argv"
${labelled(commands, ({ many }) => many)}
    end
    return 1
end

function __${prefix}_options
    switch "$argv[1]"
${commands.map(optionsBranch).join('\n')}
    end
end

# What a command takes besides options: its words, how many there are, the repository.
function __${prefix}_operands
    switch "$argv[1]"
${['', ...beginnings(commands)].flatMap((words) => operandsBranch(words, commands, prefix)).join('\n')}
    end
end

# What stands behind an option: the words of the command, the option, the repository, what is before the value, the value.
function __${prefix}_value
    switch "$argv[1] $argv[2]"
${valueBranches(commands, prefix)}
    end
end

# What a program prints of the repository.
function __${prefix}_ask
    switch "$argv[1]"
${askedOffers(commands).map(askedBranch).join('\n')}
    end
end

complete -c ${program} -f -a '(__${prefix})'
`;
}

function optionsBranch({ words, options }: CompletedCommand): string {
  const rows = options.map(({ word, about }) => fishWord(`${word}\t${about}`));
  return branch([words], `printf '%s\\n' ${rows.join(' ')}`);
}

function operandsBranch(words: string, commands: readonly CompletedCommand[], prefix: string): string[] {
  const next = nextWords(words, commands);
  if (next.length > 0) {
    const rows = next.map((word) => fishWord(`${word}\t${about(words === '' ? word : `${words} ${word}`, commands)}`));
    return [branch([words], `test "$argv[2]" -eq 0; and printf '%s\\n' ${rows.join(' ')}`)];
  }
  const { offer = { kind: 'nothing' as const }, most = 0 } =
    commands.find((one) => one.words === words)?.operands ?? {};
  if (offer.kind === 'nothing') return [];
  const body = offering(offer, prefix, '"$argv[3]"');
  return [branch([words], most < 1000 ? `test "$argv[2]" -lt ${most}; and ${body}` : body)];
}

function about(words: string, commands: readonly CompletedCommand[]): string {
  return commands.find((one) => one.words === words)?.about ?? nextWords(words, commands).join(', ');
}

function valueBranches(commands: readonly CompletedCommand[], prefix: string): string {
  const rows = new Map<string, string[]>();
  for (const { words, options } of commands) {
    for (const { word, takes, offer } of options) {
      if (takes === 'no value' || offer.kind === 'nothing') continue;
      const body = offering(offer, prefix, '"$argv[3]"', '"$argv[4]"', '"$argv[5]"');
      rows.set(body, [...(rows.get(body) ?? []), `${words} ${word}`]);
    }
  }
  return [...rows].map(([body, labels]) => branch(labels, body)).join('\n');
}

function offering(offer: Offer, prefix: string, folder: string, before = "''", value = "''"): string {
  const tied = before === "''" ? '' : ` | string replace -r -- '^' ${before}`;
  switch (offer.kind) {
    case 'words':
      return `printf '%s\\n' ${before}${offer.words.map(fishWord).join(` ${before}`)}`;
    case 'asked':
      return `__${prefix}_ask ${fishWord(offerName(offer))} ${folder}${tied}`;
    case 'files':
      return `__fish_complete_path ${value}${tied}`;
    case 'folders':
      return `__fish_complete_directories ${value} ''${tied}`;
    case 'commands':
      return `complete -C ${value}${tied}`;
    case 'nothing':
      return 'true';
  }
}

function labelled(commands: readonly CompletedCommand[], isMeant: (option: CompletedOption) => boolean): string {
  const labels = commands.flatMap(({ words, options }) =>
    options.filter(isMeant).map(({ word }) => `${words} ${word}`),
  );
  return labels.length === 0 ? '' : branch(labels, 'return 0');
}

function askedBranch(offer: Extract<Offer, { kind: 'asked' }>): string {
  return branch([offerName(offer)], `sh -c ${fishWord(askingScript(offer.sources))} sh "$argv[2]"`);
}

function branch(labels: readonly string[], body: string): string {
  return `        case ${labels.map(fishWord).join(' ')}\n            ${body}`;
}

/** In the quotes of fish a backslash is one before itself and before a quote alone. */
function fishWord(word: string): string {
  return `'${word.replaceAll(/[\\']/g, '\\$&')}'`;
}
