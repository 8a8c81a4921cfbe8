import { quoted } from '../shell-words.ts';
import { nextWords, offerName } from './lookups.ts';
import type { CompletedCommand, Offer } from './model.ts';

/** Returns what sets the offer for the operands of a command, or the words that may follow those of a group. */
export function operandWords(words: string, commands: readonly CompletedCommand[]): string {
  const next = nextWords(words, commands);
  if (next.length > 0) return `if ((operands == 0)); then ${settingOf({ kind: 'words', words: next })}; fi`;
  const { offer = { kind: 'nothing' as const }, most = 0 } =
    commands.find((one) => one.words === words)?.operands ?? {};
  if (offer.kind === 'nothing' || most === 0) return ':';
  return Number.isFinite(most) && most < Number.MAX_SAFE_INTEGER
    ? `if ((operands < ${most})); then ${settingOf(offer)}; fi`
    : settingOf(offer);
}

function settingOf(offer: Offer): string {
  const name = `offer=${quotedWord(offerName(offer))}`;
  return offer.kind === 'words' ? `${name} choices=${quotedWord(offer.words.join(' '))}` : name;
}

/** Returns the options of a command as one list; a + is behind those that can be given again. */
export function optionWords({ options }: CompletedCommand): string {
  return options.map(({ word, many }) => `${word}${many ? '+' : ''}`).join(' ');
}

/** One branch for each thing that is offered; an option for which all commands offer the same is named once. */
export function valueBranches(commands: readonly CompletedCommand[]): string {
  const settings = new Map<string, Map<string, string[]>>();
  for (const { words, options } of commands) {
    for (const { word, takes, offer } of options) {
      if (takes === 'no value') continue;
      const set = takes === 'a value' ? settingOf(offer) : '';
      const bySetting = settings.get(word) ?? new Map<string, string[]>();
      bySetting.set(set, [...(bySetting.get(set) ?? []), words]);
      settings.set(word, bySetting);
    }
  }
  const patterns = new Map<string, string[]>();
  for (const [word, bySetting] of settings) {
    for (const [set, owners] of bySetting) {
      const names = bySetting.size === 1 ? [`*' ${word}'`] : owners.map((words) => quotedWord(`${words} ${word}`));
      patterns.set(set, [...(patterns.get(set) ?? []), ...names]);
    }
  }
  patterns.delete('');
  return [...patterns].map(([set, names]) => `    ${names.join(' | ')}) ${set} ;;`).join('\n');
}

/** Returns branches of a case; one whose body does nothing is left out. */
export function branches(rows: readonly (readonly [string, string])[]): string {
  return rows
    .filter(([, body]) => body !== ':')
    .map(([label, body]) => `    ${quotedWord(label)}) ${body} ;;`)
    .join('\n');
}

/** Quotes what `quoted` leaves as it is, so that all branches look alike. */
export function quotedWord(word: string): string {
  return word === quoted(word) ? `'${word}'` : quoted(word);
}
