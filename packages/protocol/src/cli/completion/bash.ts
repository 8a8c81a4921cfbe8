import { quoted } from '../shell-words.ts';
import { branches, operandWords, optionWords, quotedWord, valueBranches } from './bash-tables.ts';
import { askedOffers, beginnings, offerName } from './lookups.ts';
import type { CompletionModel } from './model.ts';
import { askingScript } from './sources.ts';

/** Returns the completion for bash: it has nothing that bash 3.2 lacks, which is what macOS comes with. */
export function bashScript(model: CompletionModel): string {
  const { program, prefix, commands } = model;
  return `# Completion of ${program} for bash. In ~/.bashrc:
#   source <(${program} completion bash)
# and where bash is 3.2, as on macOS:
#   eval "$(${program} completion bash)"

_${prefix}() {
  local IFS=$' \\t\\n' word='' at='' expects='' folder='' used=' ' offer='' choices='' operands=0 i=0 n=0
  local cur='' head='' kept='' line=\${COMP_LINE-} words
  words=()
  COMPREPLY=()
  while ((i <= COMP_CWORD)); do
    word=\${COMP_WORDS[i]}
    # What bash has cut at =, : or @ is one word again.
    if ((n > 0)) && [[ -n $word && $line == "$word"* && ( $word == [=:@]* || \${words[n - 1]} == *[=:@] ) ]]; then
      words[n - 1]=\${words[n - 1]}$word
    elif [[ $word == -- ]] && ((i < COMP_CWORD)); then
      _${prefix}_behind $((i + 1))
      return 0
    else
      words[n]=$word
      n=$((n + 1))
    fi
    line=\${line#*"$word"}
    i=$((i + 1))
  done
  cur=\${words[n - 1]}
  # Bash replaces what is behind the last character at which it cuts, and an @ with it.
  kept=$cur
  while [[ -n $kept && ( $kept != *[=:@] || \${COMP_WORDBREAKS-} != *"\${kept:\${#kept}-1}"* ) ]]; do kept=\${kept%?}; done
  kept=\${kept%@}
  i=1
  while ((i < n - 1)); do
    word=\${words[i]}
    if [[ -n $expects ]]; then
      if [[ $expects == --repo ]]; then folder=$word; fi
      expects=''
    elif [[ $word == --*=* ]]; then
      used="$used\${word%%=*} "
      if [[ $word == --repo=* ]]; then folder=\${word#*=}; fi
    elif [[ $word == -* ]]; then
      used="$used$word "
      _${prefix}_value "$at" "$word"
      if [[ -n $offer ]]; then expects=$word; fi
    elif ((operands == 0)) && _${prefix}_begins "\${at:+$at }$word"; then
      at=\${at:+$at }$word
    else
      operands=$((operands + 1))
    fi
    i=$((i + 1))
  done
  _${prefix}_plain "$folder"
  if [[ $folder == '~/'* ]]; then word=\${HOME-}/\${word#*/}; fi
  folder=$word
  if [[ -n $expects ]]; then
    _${prefix}_value "$at" "$expects"
    _${prefix}_offer
  elif [[ $cur == --*=* ]]; then
    word=\${cur%%=*}
    _${prefix}_value "$at" "$word"
    head=$word=
    cur=\${cur#*=}
    _${prefix}_offer
  else
    if [[ $cur != -* ]]; then
      _${prefix}_operands "$at"
      _${prefix}_offer
      if [[ -n $offer$cur ]]; then return 0; fi
    fi
    _${prefix}_options "$at"
    for word in $choices; do
      if [[ $used != *" $word "* ]]; then _${prefix}_add "\${word%+}"; fi
    done
  fi
  return 0
}

# Takes quotes and backslashes off; what holds something to expand becomes the name of what is no folder.
_${prefix}_plain() {
  local rest=$1 quote='' one=''
  word=''
  if [[ $1 == *['$\`']* ]]; then rest=/dev/null; fi
  while [[ -n $rest ]]; do
    one=\${rest:0:1} rest=\${rest:1}
    case $quote$one in
      "'" | '"') quote=$one ;;
      "''" | '""') quote='' ;;
      \\\\ | '"\\') word=$word\${rest:0:1} rest=\${rest:1} ;;
      *) word=$word$one ;;
    esac
  done
}

_${prefix}_add() {
  local reply=$head$1
  if [[ $1 == "$cur"* ]]; then COMPREPLY[\${#COMPREPLY[@]}]=\${reply#"$kept"}; fi
}

_${prefix}_offer() {
  local found=''
  case $offer in
    words) found=\${choices// /$'\\n'} ;;
    files) compopt -o default 2>/dev/null || found=$(compgen -f -- "$cur") || : ;;
    folders) compopt -o dirnames 2>/dev/null || found=$(compgen -d -- "$cur") || : ;;
    commands) found=$(compgen -c -- "$cur") || : ;;
    '' | nothing) return 0 ;;
    *) found=$(_${prefix}_ask) || : ;;
  esac
  while IFS= read -r word; do
    if [[ -n $word ]]; then _${prefix}_add "$word"; fi
  done <<< "$found"
}

# A command behind -- is completed as it is anywhere else.
_${prefix}_behind() {
  cur=\${COMP_WORDS[COMP_CWORD]}
  if declare -F _comp_command_offset >/dev/null; then _comp_command_offset "$1"
  elif declare -F _command_offset >/dev/null; then _command_offset "$1"
  else
    offer=files
    if (($1 == COMP_CWORD)) && [[ $cur != */* ]]; then offer=commands; fi
    _${prefix}_offer
  fi
}

# Whether these words are a command, or the first of one.
_${prefix}_begins() {
  case $1 in
    ${beginnings(commands).map(quotedWord).join(' | ')}) return 0 ;;
  esac
  return 1
}

# What a command takes besides options.
_${prefix}_operands() {
  offer=''
  case $1 in
${branches(['', ...beginnings(commands)].map((words) => [words, operandWords(words, commands)]))}
  esac
}

# Its options; a + is behind those that can be given again.
_${prefix}_options() {
  choices=''
  case $1 in
${branches(commands.map((one) => [one.words, `choices=${quotedWord(optionWords(one))}`]))}
  esac
}

# What stands behind an option; nothing for one that takes no value.
_${prefix}_value() {
  offer=''
  case "$1 $2" in
${valueBranches(commands)}
  esac
}

# What a program prints of the repository.
_${prefix}_ask() {
  case $offer in
${branches(askedOffers(commands).map((offer) => [offerName(offer), `sh -c ${quoted(askingScript(offer.sources))} sh "$folder"`]))}
  esac
}

complete -F _${prefix} ${program}
`;
}
